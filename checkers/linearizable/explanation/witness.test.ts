import { describe, expect, test } from "vitest";
import { Random } from "../../../harness/clock/random.ts";
import { canonicalJson } from "../../../harness/history/index.ts";
import type { Anomaly } from "../../../harness/ports/verdict.ts";
import { createModel, type Model, models } from "../../models/index.ts";
import { checkEvents } from "../../testing/check-events.ts";
import { MENUS, menuHistory } from "../../testing/menu-history.ts";
import {
  canComeFrom,
  hasOrder,
  operationsOf,
  statesFound,
  stoodAt,
  type TimedOperation,
} from "../../testing/oracle.ts";
import { valuesIn } from "./same-anomaly.ts";

/** As the definition sees it: the witness of an anomaly when its last operation is answered. */
interface Case {
  readonly anomaly: Anomaly;
  readonly all: readonly TimedOperation[];
  readonly witness: readonly TimedOperation[];
  readonly last: TimedOperation;
}

function casesOf(model: Model, seed: number): Case[] {
  const found: Case[] = [];
  for (let ordinal = 0; found.length < 200 && ordinal < 5000; ordinal++) {
    const random = new Random(seed).fork(ordinal);
    const events = menuHistory(model, MENUS[model.name] ?? [], random, {
      operations: random.between(3, 7),
      processes: random.between(1, 4),
      crashed: random.pick([0, 0.2]),
      wrong: 0.2,
    });
    // What the history lacks says nothing: whatever was not answered and only looks.
    const all = operationsOf(events).filter(
      (operation) => !model.isVoid?.(operation) && !(operation.type === "info" && model.isPure?.(operation)),
    );
    for (const anomaly of checkEvents(events, model).anomalies) {
      const last = all.find(({ call }) => call === anomaly.explanation?.operation) as TimedOperation;
      const witness = all.filter(({ call }) => anomaly.operations.includes(call));
      found.push({ anomaly, all, witness: stoodAt(witness, last.ret, model), last });
    }
  }
  return found;
}

/** Whether the last operation, and no operation before it, is the first without a place. */
function fails(operations: readonly TimedOperation[], last: TimedOperation, model: Model): boolean {
  return (
    !hasOrder(stoodAt(operations, last.ret, model), model) &&
    hasOrder(stoodAt(operations, last.ret - 1, model), model)
  );
}

/** The operations on the object of the last one, where the model splits them further. */
function sameObject(
  all: readonly TimedOperation[],
  last: TimedOperation,
  { split }: Model,
): readonly TimedOperation[] {
  if (split === undefined || all.some((operation) => split(operation) === undefined)) return all;
  const part = JSON.stringify(split(last));
  return all.filter((operation) => JSON.stringify(split(operation)) === part);
}

/** Values of the last operation that others with an effect speak of; with a dataflow they need not. */
function spokenOf(others: readonly TimedOperation[], last: TimedOperation, model: Model): Set<string> {
  if (model.dataflow !== undefined) return new Set();
  const spoken = others.filter((operation) => !model.isPure?.(operation)).flatMap(valuesIn);
  return new Set(valuesIn(last).filter((value) => spoken.includes(value)));
}

/** The model's words for the last operation, without values, in each state that it can find. */
function reasonsFor(operations: readonly TimedOperation[], last: TimedOperation, model: Model): Set<string> {
  const others = stoodAt(operations, last.ret, model).filter(({ call }) => call !== last.call);
  const steps = statesFound(others, last, model).map((state) => model.step(state, last));
  const values = /\d+|"[^"]*"|null|\[.*\]/g;
  return new Set(steps.map((step) => ("rejected" in step ? step.rejected.replace(values, "#") : "")));
}

const isWithin = <T>(some: ReadonlySet<T>, all: ReadonlySet<T>) => [...some].every((each) => all.has(each));

describe.each(Object.keys(models))("the witness of an invalid history of a %s", (name) => {
  // A copy, which the special checkers leave to the search.
  const model = { ...createModel(name, {}) };
  const cases = casesOf(model, name.length);
  const without = (operations: readonly TimedOperation[], gone: TimedOperation) =>
    operations.filter((each) => each !== gone);

  test("is found for enough of them", () => {
    expect(cases.length).toBe(200);
  });

  test("ends with the operation that has no place in the whole", () => {
    for (const { all, last, witness } of cases) {
      expect(witness).toContainEqual(last);
      expect(fails(sameObject(all, last, model), last, model)).toBe(true);
    }
  });

  test("has no order, because of the same operation", () => {
    for (const { witness, last } of cases) expect(fails(witness, last, model)).toBe(true);
  });

  test("keeps what the operation can come from", () => {
    for (const { all, witness, last } of cases) {
      const before = without(stoodAt(all, last.ret, model), last);
      if (
        !canComeFrom(
          before.filter((each) => each.call !== last.call),
          last,
          model,
        )
      )
        continue;
      const rest = witness.filter((each) => each.call !== last.call);
      expect(canComeFrom(rest, last, model)).toBe(true);
    }
  });

  test("comes with the states that the object can have been in, and no others", () => {
    let told = 0;
    for (const { all, last, anomaly } of cases) {
      const { explanation } = anomaly;
      if (explanation?.statesOf !== "history" || explanation.moreStates > 0) continue;
      told++;
      const others = sameObject(all, last, model).filter(({ call }) => call !== last.call);
      const found = statesFound(stoodAt(others, last.ret, model), last, model);
      const texts = found.map(canonicalJson).sort();
      expect(explanation.states.map(({ state }) => state).sort()).toEqual(texts);
    }
    expect(told).toBeGreaterThan(190);
  });

  test("can lose no operation: the rest is valid, or shows another anomaly", () => {
    for (const { witness, last, anomaly } of cases) {
      const others = witness.filter((each) => each.call !== last.call);
      const source = canComeFrom(others, last, model);
      const spoken = spokenOf(others, last, model);
      const reasons = reasonsFor(witness, last, model);
      for (const gone of others) {
        const rest = without(witness, gone);
        const left = without(others, gone);
        const same =
          fails(rest, last, model) &&
          (source ? canComeFrom(left, last, model) : isWithin(spoken, spokenOf(left, last, model))) &&
          isWithin(reasonsFor(rest, last, model), reasons);
        if (same) expect.fail(`${JSON.stringify(gone)} can go from ${anomaly.message}`);
      }
    }
  });
});
