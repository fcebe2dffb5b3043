import { describe, expect, test } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import { createModel, type ModelName, models } from "../models/index.ts";
import { checkEvents } from "../testing/check-events.ts";
import { faultOfOrder } from "../testing/fault-of-order.ts";
import { generatedHistory } from "../testing/generated-history.ts";
import { generatedKinds } from "../testing/generated-objects.ts";
import { type BareEvent, historyOf } from "../testing/history-of.ts";
import { MENUS, menuHistory } from "../testing/menu-history.ts";
import { prepare } from "./preparation/prepare.ts";

/** What is wrong with the orders that a check gives of a valid history; nothing where all is well. */
function faults(events: readonly BareEvent[], name: ModelName, special: boolean): string[] {
  const model = createModel(name);
  const { validity, linearizations } = checkEvents(events, model, { witness: true, special });
  expect(validity).toBe("valid");
  const history = historyOf(events);
  const { parts } = prepare(history, model);
  expect(linearizations).toHaveLength(parts.length);
  const rowOf = new Map(Array.from(history.columns.invokeIndex, (index, row) => [index, row]));
  return (linearizations ?? []).flatMap(({ operations }, index) => {
    const part = parts[index];
    const order = Int32Array.from(operations, (operation) => rowOf.get(operation) as number);
    return (part && faultOfOrder(part, model, order)) ?? [];
  });
}

describe.each(Object.keys(models) as ModelName[])("an order of a valid history of a %s", (name) => {
  test.each([true, false])("extends real time and gives every answer, special checkers %s", (special) => {
    for (let ordinal = 0; ordinal < 100; ordinal++) {
      const random = new Random(7).fork(ordinal);
      const events = menuHistory(createModel(name), MENUS[name] ?? [], random, {
        operations: random.between(1, 25),
        processes: random.between(1, 5),
        crashed: random.pick([0, 0.15]),
        wrong: 0,
      });
      // What chance answered where nothing was right can be wrong.
      if (checkEvents(events, createModel(name)).validity !== "valid") continue;
      expect(faults(events, name, special)).toEqual([]);
    }
  });
});

test.each(Object.entries(generatedKinds))("also of a longer one: %s", (_, { model, create }) => {
  const long = { operations: 400, clients: 4, seed: 3 };
  const short = { operations: 60, clients: 3, crashed: 2, seed: 3 };
  expect(faults([...generatedHistory(create(), long)], model, true)).toEqual([]);
  expect(faults([...generatedHistory(create(), short)], model, false)).toEqual([]);
});

test("nothing is given unasked, nor where there is no order", () => {
  const write: BareEvent[] = [
    { type: "invoke", process: 0, f: "write", value: 1 },
    { type: "ok", process: 0, f: "write", value: 1 },
  ];
  const stale: BareEvent[] = [
    { type: "invoke", process: 0, f: "read", value: null },
    { type: "ok", process: 0, f: "read", value: null },
  ];
  expect(checkEvents(write, createModel("register"))).not.toHaveProperty("linearizations");
  const { linearizations } = checkEvents([...write, ...stale], createModel("register"), { witness: true });
  expect(linearizations).toEqual([]);
});
