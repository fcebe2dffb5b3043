import { describe, expect, test } from "vitest";
import { Random } from "../../../harness/clock/random.ts";
import { createModel, type ModelName } from "../../models/index.ts";
import { checkEvents } from "../../testing/check-events.ts";
import { timeline } from "../../testing/drawn-model-history.ts";
import { type BareEvent, historyOf } from "../../testing/history-of.ts";
import { MENUS, menuHistory } from "../../testing/menu-history.ts";
import { hasOrder, operationsOf, stoodAt } from "../../testing/oracle.ts";
import { prepare } from "../preparation/prepare.ts";
import { explainViolation } from "./explain.ts";

/** What comes of a violation with these rows, found by a checker of the name `by hand`. */
function explained(events: readonly BareEvent[], rows: readonly number[], row: number) {
  const model = createModel("queue");
  const part = prepare(historyOf(events), model).parts[0];
  if (part === undefined) throw new Error("no operations");
  const violation = { rows: Int32Array.from(rows), row, why: "but 3 was there before it" };
  return explainViolation(model, part, { violation, checker: "by hand" }, 2 ** 28);
}

describe("a violation that a special checker found", () => {
  const reordered = timeline(`
    1  |- enqueue 3 -|  |- enqueue 5 -|  |- enqueue 8 -|
    2                                                     |- dequeue → 5 -|`);

  test("is told in its words, with its operation and with what is needed of its rows", () => {
    const { message, operations, explanation } = explained(reordered, [0, 1, 2, 3], 3);
    expect(`\n${message}\n`).toMatchInlineSnapshot(`
      "
      process 2 dequeued 5 at 0.007 s, but 3 was there before it
        these 3 operations have no order, drawn by the order of their events:
          process 1 enqueued 3  |-|
          process 1 enqueued 5      |-|
          process 2 dequeued 5          |-|
      "
    `);
    expect(operations).toEqual([0, 2, 6]);
    expect(explanation).toEqual({
      operation: 6,
      statesOf: "witness",
      states: [{ state: "[3,5]", rejections: [{ operation: 6, why: "3 is at the front, not 5" }] }],
      moreStates: 0,
      proof: true,
    });
  });

  test("keeps the operation that is told of, though another one is the first without a place", () => {
    const { message, operations, explanation } = explained(reordered, [0, 1, 3], 0);
    expect(message).toMatch(/^process 1 enqueued 3 at 0.001 s, but 3 was there before it/);
    expect(operations).toContain(0);
    expect(explanation).toMatchObject({ operation: 0, statesOf: "unknown", states: [] });
  });

  test("is a bug where the search finds an order", () => {
    expect(() => explained(reordered, [0, 1, 2], 2)).toThrow(/by hand calls operations invalid/);
  });
});

const special: ModelName[] = [
  "register",
  "cas-register",
  "set",
  "queue",
  "stack",
  "priority-queue",
  "counter",
  "unique-ids",
  "log",
  "mutex",
  "owner-aware-mutex",
  "fenced-lock",
  "semaphore",
];

test.each(special)("whoever decides on a %s, the operations shown have no order", (name) => {
  const model = createModel(name);
  let found = 0;
  for (let ordinal = 0; found < 100 && ordinal < 4000; ordinal++) {
    const random = new Random(51).fork(ordinal);
    const events = menuHistory(model, MENUS[name] ?? [], random, {
      operations: random.between(3, 7),
      processes: random.between(1, 4),
      crashed: random.pick([0, 0.2]),
      wrong: 0.2,
    });
    for (const { operations, explanation, message } of checkEvents(events, model).anomalies) {
      found++;
      expect(operations).toContain(explanation?.operation);
      const shown = operationsOf(events).filter(({ call }) => operations.includes(call));
      const end = Math.max(...shown.map(({ ret }) => (Number.isFinite(ret) ? ret : -1)));
      if (hasOrder(stoodAt(shown, end, model), model)) expect.fail(message);
    }
  }
  expect(found).toBeGreaterThanOrEqual(100);
});
