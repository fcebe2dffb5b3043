import { describe, expect, test } from "vitest";
import type { CheckResult } from "../../../harness/ports/verdict.ts";
import { createModel, type Model, type ModelOptions } from "../../models/index.ts";
import { checkEvents } from "../../testing/check-events.ts";
import { timeline } from "../../testing/drawn-model-history.ts";

/** A copy of a built-in model, which the special checkers leave to the search. */
const copyOf = (name: string, options: ModelOptions = {}): Model => ({ ...createModel(name, options) });

/** The story, and below it what the data say of states and rejections. */
function explained(drawing: string, model: Model): string {
  const { anomalies }: CheckResult = checkEvents(timeline(drawing), model);
  return anomalies
    .map(({ message, operations, explanation }) => {
      const states = explanation?.states.map(({ state, rejections }) => {
        const why = rejections.map(({ operation, why }) => `${operation} (${why})`);
        return `${state}: ${why.join(", ")}`;
      });
      return `
${message}
operation ${explanation?.operation} of ${operations.join(", ")}${explanation?.proof ? ", a proof" : ""}
states of the ${explanation?.statesOf}:
  ${states?.join("\n  ")}
`;
    })
    .join("");
}

describe("an explanation tells of", () => {
  test("a reordered queue: what was put in first is skipped", () => {
    expect(
      explained(
        `
         1  |- enqueue 3 -|  |- enqueue 7 -|
         2                    |- enqueue 5 -|                      |- dequeue → 5 -|
         3   |- enqueue 9 -|                 |- dequeue → 9 -|
         4                                                            |- dequeue → 7 -|`,
        copyOf("queue"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 2 dequeued 5 at 0.012 s, but in every order that fits real time 3 is at the front, not 5
        the queue held one of [3, 5, 7], [3, 7, 5] then
        process 4 dequeued 7 (0.011 s to 0.013 s) has no place before it either: 3 is at the front, not 7
        these 3 operations have no order, drawn by the order of their events:
          process 1 enqueued 3  |-|
          process 2 enqueued 5      |-|
          process 2 dequeued 5          |-|
      operation 10 of 0, 5, 10, a proof
      states of the history:
        [3,5,7]: 10 (3 is at the front, not 5), 11 (3 is at the front, not 7)
        [3,7,5]: 10 (3 is at the front, not 5), 11 (3 is at the front, not 7)
      "
    `);
  });

  test("a value that comes out twice", () => {
    expect(
      explained(
        `
         1  |- enqueue 3 -|                 |- dequeue → 3 -|
         2                  |- dequeue → 3 -|`,
        copyOf("queue"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 1 dequeued 3 at 0.005 s, but it has no place in any order that fits real time
        where the queue held [3]: it fits there, but after it process 2 dequeued 3 does not: the queue is empty
        where the queue held []: the queue is empty
        these 3 operations have no order, drawn by the order of their events:
          process 1 enqueued 3  |-|
          process 2 dequeued 3      |---|
          process 1 dequeued 3        |---|
      operation 3 of 0, 2, 3, a proof
      states of the history:
        [3]: 2 (after the operation, the queue is empty)
        []: 3 (the queue is empty)
      "
    `);
  });

  test("a value that nobody put in", () => {
    expect(
      explained(
        `
         1  |- enqueue 3 -|                 |- dequeue → 4 -|
         2                  |- enqueue 8 -|`,
        copyOf("queue"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 1 dequeued 4 at 0.005 s, but in every order that fits real time 3 is at the front, not 4
        the queue held [3, 8] then
        no operations before it, in whatever order, come to that answer
      operation 4 of 4, a proof
      states of the history:
        [3,8]: 4 (3 is at the front, not 4)
      "
    `);
  });

  test("a queue that is found empty", () => {
    expect(
      explained(
        `
         1  |- enqueue 3 -|                 |- dequeue → null -|
         2                  |- enqueue 8 -|`,
        copyOf("queue"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 1 found the queue empty at 0.005 s, but in every order that fits real time the queue is not empty: 3 is at the front
        the queue held [3, 8] then
        these 2 operations have no order, drawn by the order of their events:
          process 2 enqueued 8             |-|
          process 1 found the queue empty      |-|
      operation 4 of 2, 4, a proof
      states of the history:
        [3,8]: 4 (the queue is not empty: 3 is at the front)
      "
    `);
  });

  test("a stack that gives what lies below", () => {
    expect(
      explained(
        `
         1  |- push 1 -|  |- push 2 -|  |- push 3 -|
         2                                             |- pop → 3 -|  |- pop → 1 -|`,
        copyOf("stack"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 2 popped 1 at 0.009 s, but in every order that fits real time 2 is on top, not 1
        the stack held [2, 1] then
        these 3 operations have no order, drawn by the order of their events:
          process 1 pushed 1  |-|
          process 1 pushed 2      |-|
          process 2 popped 1          |-|
      operation 8 of 0, 2, 8, a proof
      states of the history:
        [2,1]: 8 (2 is on top, not 1)
      "
    `);
  });

  test("a priority queue that gives a smaller value", () => {
    expect(
      explained(
        `
         1  |- insert 1 -|  |- insert 2 -|  |- poll → 1 -|`,
        copyOf("priority-queue"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 1 polled 1 at 0.005 s, but in every order that fits real time 2 is the largest, not 1
        the priority-queue held [2, 1] then
        these 3 operations have no order, drawn by the order of their events:
          process 1 inserted 1  |-|
          process 1 inserted 2      |-|
          process 1 polled 1            |-|
      operation 4 of 0, 2, 4, a proof
      states of the history:
        [2,1]: 4 (2 is the largest, not 1)
      "
    `);
  });

  test("a value removed twice", () => {
    expect(
      explained(
        `
         1  |- add 1 -|  |- remove → 1 -|  |- add 2 -|  |- remove → 1 -|`,
        copyOf("bag"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 1 removed 1 at 0.007 s, but in every order that fits real time 1 is not in the bag
        the bag held [2] then
        these 3 operations have no order, drawn by the order of their events:
          process 1 added 1    |-|
          process 1 removed 1      |-|
          process 1 removed 1          |-|
      operation 6 of 0, 2, 6, a proof
      states of the history:
        [[2]]: 6 (1 is not in the bag)
      "
    `);
  });

  test("a mutex held twice", () => {
    expect(
      explained(
        `
         1  |- acquire -|  |- release -|                 |- acquire -|
         2                                |- acquire -|`,
        copyOf("mutex"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 1 acquired the mutex at 0.007 s, but in every order that fits real time the mutex was held
        process 1 released the mutex (0.002 s to 0.003 s)
        process 2 acquired the mutex (0.004 s to 0.005 s), after that and acknowledged before the acquire began at 0.006 s
        these 2 operations have no order, drawn by the order of their events:
          process 2 acquired the mutex  |-|
          process 1 acquired the mutex      |-|
      operation 6 of 4, 6
      states of the history:
        "held": 6 (the mutex is held)
      "
    `);
  });

  test("a mutex released by another", () => {
    expect(
      explained(
        `
         1  |- acquire "a" -|  |- release "a" -|
         2                                        |- acquire "b" -|
         3                                                           |- release "c" -|`,
        copyOf("owner-aware-mutex"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 3 released the mutex as "c" at 0.007 s, but in every order that fits real time the mutex was held by "b"
        at no time by then the mutex was held by "c"
      operation 6 of 6, a proof
      states of the history:
        "b": 6 (the mutex is held by "b", not by "c")
      "
    `);
  });

  test("a token given out twice", () => {
    expect(
      explained(
        `
         1  |- acquire → 1 -|  |- release 1 -|
         2                                      |- acquire → 1 -|`,
        copyOf("fenced-lock"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 2 acquired the lock with token 1 at 0.005 s, but in every order that fits real time token 1 was given out before, and 1 is not larger
        these 3 operations have no order, drawn by the order of their events:
          process 1 acquired the lock with token 1  |-|
          process 1 released the lock with token 1      |-|
          process 2 acquired the lock with token 1          |-|
      operation 4 of 0, 2, 4, a proof
      states of the history:
        {"holder":null,"last":1}: 4 (token 1 was given out before, and 1 is not larger)
      "
    `);
  });

  test("more permits than there are", () => {
    expect(
      explained(
        `
         1  |- acquire -|  |- release -|  |- acquire -|
         2                                               |- acquire -|
         3                                                              |- acquire -|`,
        copyOf("semaphore", { init: 2 }),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 3 acquired a permit at 0.009 s, but in every order that fits real time all 2 permits are taken
        these 3 operations have no order, drawn by the order of their events:
          process 1 acquired a permit  |-|
          process 2 acquired a permit      |-|
          process 3 acquired a permit          |-|
      operation 8 of 4, 6, 8
      states of the history:
        0: 8 (all 2 permits are taken)
      "
    `);
  });

  test("an element lost from a set", () => {
    expect(
      explained(
        `
         1  |- add 1 -|  |- add 2 -|  |- add 3 -|  |- read → [1,3] -|`,
        copyOf("set"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 1 read [1,3] at 0.007 s, but in every order that fits real time 2 is in the set, and not in the answer
        the set held [1, 2, 3] then
        these 4 operations have no order, drawn by the order of their events:
          process 1 added 1     |-|
          process 1 added 2         |-|
          process 1 added 3             |-|
          process 1 read [1,3]              |-|
      operation 6 of 0, 2, 4, 6, a proof
      states of the history:
        [1,2,3]: 6 (2 is in the set, and not in the answer)
      "
    `);
  });

  test("an element that is seen after its removal", () => {
    expect(
      explained(
        `
         1  |- add 1 -|  |- add 2 -|  |- remove 1 -|  |- contains [1,null] → [1,true] -|`,
        copyOf("set"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 1 saw 1 at 0.007 s, but in every order that fits real time 1 is not in the set
        the set held [] then
        these 3 operations have no order, drawn by the order of their events:
          process 1 added 1    |-|
          process 1 removed 1      |-|
          process 1 saw 1              |-|
      operation 6 of 0, 4, 6, a proof
      states of the history:
        []: 6 (1 is not in the set)
      "
    `);
  });

  test("a log with a gap", () => {
    expect(
      explained(
        `
         1  |- append 1 -|  |- append 2 -|  |- append 3 -|  |- read → [1,3] -|`,
        copyOf("log"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 1 read [1,3] at 0.007 s, but in every order that fits real time the log has 2 at offset 1, not 3
        the log held [1, 2, 3] then
        these 4 operations have no order, drawn by the order of their events:
          process 1 appended 1  |-|
          process 1 appended 2      |-|
          process 1 appended 3          |-|
          process 1 read [1,3]              |-|
      operation 6 of 0, 2, 4, 6, a proof
      states of the history:
        [1,2,3]: 6 (the log has 2 at offset 1, not 3)
      "
    `);
  });

  test("an increment that is lost", () => {
    expect(
      explained(
        `
         1  |- add 1 -|                      |- read → 4 -|
         2     |- add 2 -|  |- add 3 -|`,
        copyOf("counter"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 1 read 4 at 0.007 s, but in every order that fits real time the counter stands at 6, not 4
        these 4 operations have no order, drawn by the order of their events:
          process 1 added 1  |---|
          process 2 added 2    |---|
          process 2 added 3          |-|
          process 1 read 4               |-|
      operation 6 of 0, 1, 4, 6, a proof
      states of the history:
        6: 6 (the counter stands at 6, not 4)
      "
    `);
  });

  test("an identifier that comes twice", () => {
    expect(
      explained(
        `
         1  |- generate → 1 -|  |- generate → 2 -|  |- generate → 1 -|`,
        copyOf("unique-ids"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 1 generated 1 at 0.005 s, but in every order that fits real time 1 was generated before
        the generator had generated [1, 2] then
        these 2 operations have no order, drawn by the order of their events:
          process 1 generated 1  |-|
          process 1 generated 1      |-|
      operation 4 of 0, 4, a proof
      states of the history:
        [1,2]: 4 (1 was generated before)
      "
    `);
  });

  test("a deleted value that is read", () => {
    expect(
      explained(
        `
         1  |- put 1 -|  |- delete -|  |- get → 1 -|`,
        copyOf("kv"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 1 got 1 at 0.005 s, but in every order that fits real time the key was absent
        process 1 put 1 (0.000 s to 0.001 s)
        process 1 deleted the key (0.002 s to 0.003 s), after that and acknowledged before the get began at 0.004 s
        these 3 operations have no order, drawn by the order of their events:
          process 1 put 1            |-|
          process 1 deleted the key      |-|
          process 1 got 1                    |-|
      operation 4 of 0, 2, 4, a proof
      states of the history:
        null: 4 (the key is absent, not 1)
      "
    `);
  });

  test("two strings appended the other way round", () => {
    expect(
      explained(
        `
         1  |- append "a" -|  |- append "b" -|  |- get → "ba" -|`,
        copyOf("kv"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 1 got "ba" at 0.005 s, but in every order that fits real time the key held "ab"
        these 3 operations have no order, drawn by the order of their events:
          process 1 appended "a"  |-|
          process 1 appended "b"      |-|
          process 1 got "ba"              |-|
      operation 4 of 0, 2, 4, a proof
      states of the history:
        "ab": 4 (the key holds "ab", not "ba")
      "
    `);
  });

  test("a transaction that reads half of another", () => {
    expect(
      explained(
        `
         1  |- txn [["w","x",1],["w","y",1]] -|
         2                                       |- txn [["r","x",null],["r","y",null]] → [["r","x",1],["r","y",null]] -|`,
        copyOf("multi-register"),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 2 read 1 from "x", read null from "y" at 0.003 s, but in every order that fits real time register "y" holds 1, not null
        the store held [["x", 1], ["y", 1]] then
        no operations before it, in whatever order, come to that answer
        these 2 operations have no order, drawn by the order of their events:
          process 1 wrote 1 to "x", wrote 1 to "y"       |-|
          process 2 read 1 from "x", read null from "y"      |-|
      operation 2 of 0, 2, a proof
      states of the history:
        [["x",1],["y",1]]: 2 (register "y" holds 1, not null)
      "
    `);
  });
});
