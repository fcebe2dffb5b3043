import { describe, expect, test } from "vitest";
import { createModel, type ModelName } from "../../../models/index.ts";
import { drawnOperations } from "../../../testing/drawn-container-history.ts";
import { type BareEvent, historyOf } from "../../../testing/history-of.ts";
import { specialVerdict } from "../../../testing/special-verdict.ts";
import { stepMeter } from "../../meter.ts";
import { prepare } from "../../preparation/prepare.ts";
import { decideSpecially } from "../index.ts";

/** The verdict; of a violation what it says, and its operations by the number of their invocation. */
function decided(model: ModelName, events: readonly BareEvent[]): readonly unknown[] {
  const { verdict, why, rows } = specialVerdict(events, createModel(model));
  return verdict === "invalid" ? [verdict, why, rows] : [verdict];
}

const drawn = (model: ModelName, drawing: string) => decided(model, drawnOperations(drawing));

describe("queues of Herlihy and Wing (TOPLAS 1990, section 1)", () => {
  test("two concurrent enqueues may take effect in either order", () => {
    const drawing = `
      0  |--enqueue 1--|     |-dequeue 2-|
      1    |-enqueue 2-|  |--dequeue 1---|
    `;
    expect(drawn("queue", drawing)).toEqual(["valid"]);
  });

  test("what was enqueued first comes out first", () => {
    const drawing = `
      0  |-enqueue 1-|                 |-dequeue 2-|
      1                |-enqueue 2-|                   |-dequeue 1-|
    `;
    expect(drawn("queue", drawing)).toEqual([
      "invalid",
      "but 1 was enqueued before 2 and was dequeued only later",
      [0, 1, 2, 3],
    ]);
  });

  test("nothing comes out twice", () => {
    const drawing = `
      0  |--enqueue 1--|   |-dequeue 1-|
      1      |--enqueue 2--|   |-dequeue 1-|
    `;
    expect(drawn("queue", drawing)).toEqual([
      "invalid",
      "but 1 was enqueued once, and another dequeue removed it",
      [0, 2, 3],
    ]);
  });

  test("an enqueue that returns late may take effect early, and what comes out tells which was first", () => {
    // Their queue fills slots that were taken in turn: whose slot is filled first is known only later.
    const drawing = `
      0  |------------enqueue 1---------------------------------|
      1     |-enqueue 2-|
      2                    |-dequeue 2-|  |-dequeue 1-|
    `;
    expect(drawn("queue", drawing)).toEqual(["valid"]);
  });
});

describe("queues with peeks", () => {
  test("three values can hold up one another, and no two of them", () => {
    const drawing = `
      0  |--------------------------enqueue 3--------|       |-peek 3-|             |-dequeue 3-|
      1     |-enqueue 1-|                              |-----------dequeue 2------|
      2                    |-enqueue 2-|                               |--------dequeue 1-----------|
    `;
    expect(drawn("queue", drawing)).toEqual([
      "invalid",
      "but 1 was enqueued before 2, 2 was at the front before 3, and 3 before 1",
      [0, 1, 2, 3, 4, 5, 6],
    ]);
  });
});

describe("stacks", () => {
  test("a value under another does not come out", () => {
    const drawing = `
      0  |-push 1-|             |-pop 1-|
      1             |-push 2-|             |-pop 2-|
    `;
    expect(drawn("stack", drawing)).toEqual([
      "invalid",
      "but 2 was pushed after 1 and was certainly still there",
      [0, 1, 2, 3],
    ]);
  });

  test("three values can be in one another's way, and no two of them", () => {
    const drawing = `
      0  |-push 1-|                |--------------pop 1-----------|
      1             |----------push 2--------|                       |-pop 2-|
      2              |-push 3-|                  |-pop 3-|
    `;
    expect(drawn("stack", drawing)).toEqual([
      "invalid",
      "but none of 1, 2 and 3 can lie beneath the others at the times when they came, were seen and went",
      [0, 1, 2, 3, 4, 5],
    ]);
  });

  /**
   * Value 0 is to come out while `length` others pass the cover on to one another: each comes in, under the one before it, just
   * before that one leaves. No bounded pattern finds this (Abdulla et al., PLDI 2025).
   */
  function relay(length: number, without?: number): BareEvent[] {
    const events: BareEvent[] = [];
    const add = (value: number, type: "invoke" | "ok", f: "push" | "pop") => {
      if (value === without) return;
      const process = f === "push" ? value : value + length + 1;
      events.push({ process, f, type, value: f === "pop" && type === "invoke" ? null : value });
    };
    add(0, "invoke", "push");
    add(0, "ok", "push");
    for (let value = 1; value <= length; value++) add(value, "invoke", "push");
    add(1, "ok", "push");
    add(0, "invoke", "pop");
    for (let value = 2; value <= length; value++) {
      add(value, "ok", "push");
      add(value - 1, "invoke", "pop");
      add(value - 1, "ok", "pop");
    }
    add(0, "ok", "pop");
    add(length, "invoke", "pop");
    add(length, "ok", "pop");
    return events;
  }

  test.each([2, 3, 5])("a value under a relay of %i others does not come out", (length) => {
    const [verdict, why, rows] = decided("stack", relay(length));
    expect(verdict).toBe("invalid");
    expect(why).toMatch(/^but none of .* can lie beneath the others/);
    expect(rows).toHaveLength(2 * (length + 1));
    for (let without = 0; without <= length; without++) {
      expect(decided("stack", relay(length, without))).toEqual(["valid"]);
    }
  });

  test("a long relay is decided too, and its witness has all of it", () => {
    const [part] = prepare(historyOf(relay(400)), createModel("stack")).parts;
    const found = part && decideSpecially(part, createModel("stack"), stepMeter(1e9, 1e12));
    expect(found?.verdict === "invalid" && found.violation.rows.length).toBe(802);
  });
});

describe("priority queues", () => {
  test("a smaller value comes out where no single larger one was there all the time, but always one of them", () => {
    const drawing = `
      0  |-insert 1-|                       |------------poll 1------------|
      1               |-insert 6-|                        |-poll 6-|         |-poll 5-|
      2                            |------insert 5------|
    `;
    expect(drawn("priority-queue", drawing)).toEqual([
      "invalid",
      "but at every time in between one of the larger 6 and 5 was certainly there",
      [0, 1, 2, 3, 4, 5],
    ]);
  });
});

describe("emptiness", () => {
  test.each<[ModelName, string, string]>([
    ["queue", "enqueue", "dequeue"],
    ["stack", "push", "pop"],
    ["priority-queue", "insert", "poll"],
    ["bag", "add", "remove"],
  ])("a %s is not empty while there is always something in it", (model, add, remove) => {
    const drawing = `
      0  |-${add} 1-|              |-----${remove}-----|
      1                |-${add} 2-|   |-${remove} 1-|     |-${remove} 2-|
    `;
    const found = drawn(model, drawing);
    expect(found.slice(0, 2)).toEqual(["invalid", "but 2 was certainly there all the time"]);
  });
});

describe("crashed operations", () => {
  test("a crashed addition that was seen happened, and one that nobody saw need not have", () => {
    const drawing = `
      0  |-enqueue 1-?                        |-dequeue-|
      1                 |-enqueue 2-|  |-dequeue 2-|
    `;
    expect(drawn("queue", drawing)).toEqual(["valid"]);
    expect(drawn("queue", drawing.replace("dequeue 2", "dequeue 1"))).toEqual([
      "invalid",
      "but 2 was certainly there all the time",
      [1, 3],
    ]);
  });

  test("a crashed removal accounts for one value, and not for two", () => {
    const one = `
      0  |-enqueue 1-|               |-enqueue 3-|  |-dequeue 3-|
      1                |-dequeue-?
    `;
    expect(drawn("queue", one)).toEqual(["valid"]);
    const two = `
      0  |-enqueue 1-|  |-enqueue 2-|             |-enqueue 3-|  |-dequeue 3-|
      1                               |-dequeue-?
    `;
    expect(drawn("queue", two)).toEqual([
      "invalid",
      "but 1 and 2 must have been dequeued by then, which nobody is known to have done, and one unanswered dequeue had been invoked",
      [0, 1, 2, 3, 4],
    ]);
  });

  test("a crashed removal takes nothing before it was invoked", () => {
    const drawing = `
      0  |-push 1-|  |-push 2-|  |-pop 1-|
      1                                     |-pop-?
    `;
    expect(drawn("stack", drawing)).toEqual([
      "invalid",
      "but 2 was pushed after 1 and was certainly still there",
      [0, 1, 2, 3],
    ]);
  });
});

describe("values that are added more than once", () => {
  test("are told apart where one has left before the next comes", () => {
    const drawing = `
      0  |-enqueue 1-|  |-dequeue 1-|  |-enqueue 1-|              |-dequeue 2-|
      1                                              |-enqueue 2-|
    `;
    expect(drawn("queue", drawing)).toEqual([
      "invalid",
      "but 1 was enqueued before 2 and was never dequeued",
      [2, 3, 4],
    ]);
  });

  test("are for the search where they may be there together", () => {
    expect(drawn("queue", "0  |-enqueue 1-|  |-enqueue 1-|  |-dequeue 1-|")).toEqual(["declined"]);
  });

  test("cannot be seen once they have left", () => {
    expect(drawn("stack", "0  |-push 1-|  |-pop 1-|  |-peek 1-|")).toEqual([
      "invalid",
      "but 1 had been popped already, and was not pushed again",
      [2],
    ]);
  });
});
