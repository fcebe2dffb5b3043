import { describe, expect, test } from "vitest";
import { Random } from "../../../harness/clock/random.ts";
import type { Anomaly } from "../../../harness/ports/verdict.ts";
import { casRegister, type Model, register } from "../../models/index.ts";
import {
  type BareOperation,
  hasOrder,
  operationsByKey,
  type Reading,
  upTo,
} from "../../testing/brute-force.ts";
import { checkEvents } from "../../testing/check-events.ts";
import { drawn } from "../../testing/drawn-register-history.ts";
import type { BareEvent } from "../../testing/history-of.ts";
import { arbitraryHistory } from "../../testing/random-register-history.ts";

const explained = (drawing: string, model: Model = register({ init: 0 })) =>
  checkEvents(drawn(drawing), model, { special: false })
    .anomalies.map(({ message }) => `\n${message}\n`)
    .join("");

describe("an explanation tells", () => {
  test("who wrote a stale value, and who overwrote it before", () => {
    expect(
      explained(`
        1  |-w4@x-|          |-r7@x-|
        2           |-w7@x-|
        3                              |-r4@x-|`),
    ).toMatchInlineSnapshot(`
      "
      process 3 read 4 from x at 0.007 s, but in every order that fits real time the register held 7
        process 1 wrote 4 to x (0.000 s to 0.001 s)
        process 2 wrote 7 to x (0.002 s to 0.003 s), after that and acknowledged before the read began at 0.006 s
        these 3 operations have no order, drawn by the order of their events:
          process 1 wrote 4  |-|
          process 2 wrote 7      |-|
          process 3 read 4           |-|
      "
    `);
  });

  test("that a value was there at the start, and no more", () => {
    expect(
      explained(`
        1  |-w4-|
        2          |-r0-|`),
    ).toMatchInlineSnapshot(`
      "
      process 2 read 0 at 0.003 s, but in every order that fits real time the register held 4
        the register held 0 at the start
        process 1 wrote 4 (0.000 s to 0.001 s), before the read began at 0.002 s
        these 2 operations have no order, drawn by the order of their events:
          process 1 wrote 4  |-|
          process 2 read 0       |-|
      "
    `);
  });

  test("that nobody had written a value", () => {
    expect(
      explained(`
        1  |-w4-|
        2          |-r5-|`),
    ).toMatchInlineSnapshot(`
      "
      process 2 read 5 at 0.003 s, but in every order that fits real time the register held 4
        nobody had written 5 by then
      "
    `);
  });

  test("that the only write of a value had failed", () => {
    expect(
      explained(`
        1  |-w4-|  |-w5-x
        2                  |-r5-|`),
    ).toMatchInlineSnapshot(`
      "
      process 2 read 5 at 0.005 s, but in every order that fits real time the register held 4
        nobody had written 5 by then
        process 1 wrote 5 (0.002 s to 0.003 s, and was told that it failed)
      "
    `);
  });

  test("that a value was read before it was written", () => {
    expect(
      explained(`
        1  |-w4-|         |-w5-|
        2          |-r5-|`),
    ).toMatchInlineSnapshot(`
      "
      process 2 read 5 at 0.003 s, but in every order that fits real time the register held 4
        nobody had written 5 by then
        process 1 wrote 5 (0.004 s to 0.005 s), only after that
      "
    `);
  });

  test("what the register could hold when a compare-and-set succeeded", () => {
    expect(
      explained(
        `
        1  |-w3@x-|  |-w5@x-|
        2             |-w7@x-|
        3                        |-c3:9@x-|`,
        casRegister(),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 3 changed x from 3 to 9 by compare-and-set at 0.007 s, but in every order that fits real time the register held one of 5, 7
        process 1 wrote 3 to x (0.000 s to 0.001 s)
        process 2 wrote 7 to x (0.003 s to 0.005 s), after that and acknowledged before the cas began at 0.006 s
        these 3 operations have no order, drawn by the order of their events:
          process 1 wrote 3                            |-|
          process 2 wrote 7                                |-|
          process 3 changed 3 to 9 by compare-and-set          |-|
      "
    `);
  });

  test("of two compare-and-sets that cannot both succeed", () => {
    expect(
      explained(
        `
        1  |-w3-|
        2          |--c3:4--|
        3           |--c3:5--|`,
        casRegister(),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 3 changed 3 to 5 by compare-and-set at 0.005 s, but it has no place in any order that fits real time
        process 1 wrote 3 (0.000 s to 0.001 s)
        these 3 operations have no order, drawn by the order of their events:
          process 1 wrote 3                            |-|
          process 2 changed 3 to 4 by compare-and-set      |---|
          process 3 changed 3 to 5 by compare-and-set        |---|
      "
    `);
  });

  test("that a compare-and-set was refused though it could not be", () => {
    expect(
      explained(
        `
        1  |-w3-|
        2          |-c3:4-x`,
        casRegister({ failedCas: "observed" }),
      ),
    ).toMatchInlineSnapshot(`
      "
      process 2 was refused to change 3 to 4 by compare-and-set at 0.003 s, but in every order that fits real time the register held 3
        these 2 operations have no order, drawn by the order of their events:
          process 1 wrote 3                                          |-|
          process 2 was refused to change 3 to 4 by compare-and-set      |-|
      "
    `);
  });

  test("that an unanswered write cannot explain what was read", () => {
    expect(
      explained(`
        1  |-w1-?
        2           |-r1-|  |-w2-|  |-r1-|`),
    ).toMatchInlineSnapshot(`
      "
      process 2 read 1 at 0.007 s, but in every order that fits real time the register held 2
        process 2 wrote 2 (0.004 s to 0.005 s), before the read began at 0.006 s
        process 1 wrote 1 (from 0.000 s on, never answered): no moment for it fits the other answers
        these 4 operations have no order, drawn by the order of their events:
          process 1 wrote 1  |--------------
          process 2 read 1     |-|
          process 2 wrote 2        |-|
          process 2 read 1             |-|
      "
    `);
  });

  test("what an unanswered write may have left that nobody read", () => {
    expect(
      explained(`
        1  |-w9-?
        2           |-w1-|  |-w2-|  |-r1-|`),
    ).toMatchInlineSnapshot(`
      "
      process 2 read 1 at 0.007 s, but in every order that fits real time the register held one of 2, 9
        process 2 wrote 1 (0.002 s to 0.003 s)
        process 2 wrote 2 (0.004 s to 0.005 s), after that and acknowledged before the read began at 0.006 s
        these 3 operations have no order, drawn by the order of their events:
          process 2 wrote 1  |-|
          process 2 wrote 2      |-|
          process 2 read 1           |-|
      "
    `);
  });
});

describe("a witness", () => {
  const MODELS = [
    { model: (reading: Reading) => register(reading), withCas: false, seed: 11 },
    { model: (reading: Reading) => casRegister(reading), withCas: true, seed: 12 },
  ];
  /** Anomalies of small random histories with the operations as the definition sees them. */
  const cases = MODELS.flatMap(({ model, withCas, seed }) =>
    Array.from({ length: 1500 }, (_, ordinal) => {
      const random = new Random(seed).fork(ordinal);
      const shape = { operations: 9, processes: 4, values: 3, withCas, crashed: 0.2, failed: 0.1 };
      const reading: Reading = {
        init: 0,
        failedCas: random.pick(["dropped", "observed"]),
        nilReads: random.pick(["value", "unknown"]),
      };
      const events = arbitraryHistory(random, shape);
      const operations = [...operationsByKey(events, reading).values()].flat();
      const anomalies = checkEvents(events, model(reading), { special: false }).anomalies;
      return anomalies.map((anomaly) => ({ anomaly, events, operations, reading }));
    }).flat(),
  );

  test("is found for enough histories to tell something", () => {
    expect(cases.length).toBeGreaterThan(1500);
  });

  test("ends with the completion of the shortest part of the history that has no order", () => {
    for (const { operations, reading, anomaly, events } of cases) {
      const end = lastCompletion(anomaly, operations, events);
      expect(hasOrder(upTo(operations, end), reading)).toBe(false);
      expect(hasOrder(upTo(operations, end - 1), reading)).toBe(true);
    }
  });

  test("has no order itself, which proves that the history has none", () => {
    for (const { operations, reading, anomaly, events } of cases) {
      const end = lastCompletion(anomaly, operations, events);
      expect(hasOrder(upTo(chosen(anomaly, operations), end), reading)).toBe(false);
    }
  });

  test("can lose no operation and stay a proof that tells where each value came from", () => {
    for (const { operations, reading, anomaly, events } of cases) {
      const end = lastCompletion(anomaly, operations, events);
      const witness = chosen(anomaly, operations);
      for (const operation of witness.filter(({ ret }) => ret !== end)) {
        const rest = witness.filter((other) => other !== operation);
        if (!leansOn(rest, operation, end)) expect(hasOrder(upTo(rest, end), reading)).toBe(true);
      }
    }
  });

  test("is the same every time", () => {
    for (const { events, anomaly, reading } of cases.slice(-50)) {
      expect(checkEvents(events, casRegister(reading), { special: false }).anomalies).toEqual([anomaly]);
    }
  });
});

/** The event at which the failing operation completed; it is told of first, by its process. */
function lastCompletion(
  anomaly: Anomaly,
  operations: readonly BareOperation[],
  events: readonly BareEvent[],
): number {
  const process = Number(/^process (\d+)/.exec(anomaly.message)?.[1]);
  const time = Number(/at (\d+\.\d{3}) s/.exec(anomaly.message)?.[1]);
  const end = Math.round(time * 1000);
  expect(events[end]?.process).toBe(process);
  expect(chosen(anomaly, operations).some(({ ret }) => ret === end)).toBe(true);
  return end;
}

function chosen(anomaly: Anomaly, operations: readonly BareOperation[]): BareOperation[] {
  return operations.filter(({ call }) => anomaly.operations.includes(call));
}

/** Whether an operation of the rest may have seen what `gone` left: then it must not go. */
function leansOn(rest: readonly BareOperation[], gone: BareOperation, end: number): boolean {
  const left = leaves(gone);
  if (left === undefined) return false;
  return upTo(rest, end).some((observer) => {
    if (observer.f === "write" || observer.ret < gone.call) return false;
    return observer.failed || needs(observer) === left;
  });
}

function leaves({ f, input, failed }: BareOperation): unknown {
  if (f === "write") return input;
  const [from, to] = Array.isArray(input) ? input : [];
  return f === "cas" && !failed && from !== to ? to : undefined;
}

function needs({ f, input, output }: BareOperation): unknown {
  return f === "cas" && Array.isArray(input) ? input[0] : output;
}
