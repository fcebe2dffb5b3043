import { describe, expect, test } from "vitest";
import { Random } from "../../../harness/clock/random.ts";
import { createModel, type ModelName, models } from "../../models/index.ts";
import { historyOf } from "../../testing/history-of.ts";
import { MENUS, menuHistory } from "../../testing/menu-history.ts";
import { hasOrder, operationsOf } from "../../testing/oracle.ts";
import { prepare } from "../preparation/prepare.ts";
import { witnessRule } from "./rule-of-model.ts";
import { ValuesRule } from "./values-rule.ts";

describe("operations go by the values that they are about", () => {
  /** Values by operation; small letters only look, `?` may be about everything. */
  const rule = (...operations: string[]) =>
    new ValuesRule(
      {
        size: operations.length,
        isPure: (operation) => /^[a-z]/.test(operations[operation] ?? ""),
        valuesOf: (operation) =>
          operations[operation]?.includes("?") ? undefined : operations[operation]?.toUpperCase().split(""),
      },
      operations.length - 1,
    );
  const keep = (text: string) => Uint8Array.from(text, Number);

  test("all with an effect stay that share one with an operation that stays", () => {
    expect(rule("A", "B", "A", "A").missing(keep("0001"))).toEqual([0, 2]);
    expect(rule("AB", "B", "C", "A").missing(keep("0001"))).toEqual([0]);
    expect(rule("AB", "B", "C", "A").missing(keep("1001"))).toEqual([1]);
  });

  test("what only looks can always go", () => {
    expect(rule("a", "A", "b", "A").missing(keep("0101"))).toEqual([]);
  });

  test("one that may be about everything keeps all effects, and stays if it has one", () => {
    expect(rule("A", "B", "a", "?").missing(keep("0001"))).toEqual([0, 1]);
    expect(rule("?", "B", "A").missing(keep("001"))).toEqual([0]);
  });

  test("they are tried value by value, those together that one effect ties, and not those of the last one", () => {
    expect(rule("A", "BC", "c", "D", "B", "A").units()).toEqual([[1, 2, 4], [2], [3]]);
  });
});

const telling = (Object.keys(models) as ModelName[]).filter((name) => createModel(name).about !== undefined);

test.each(telling)("of a valid history of a %s, every part that the rule allows is valid", (name) => {
  const model = createModel(name);
  let parts = 0;
  for (let ordinal = 0; parts < 200 && ordinal < 20_000; ordinal++) {
    const random = new Random(31).fork(ordinal);
    const events = menuHistory(model, MENUS[name] ?? [], random, {
      operations: random.between(3, 8),
      processes: random.between(1, 3),
      crashed: random.pick([0, 0.25]),
      wrong: 0,
    });
    const operations = operationsOf(events);
    if (!hasOrder(operations, model)) continue;
    for (const part of prepare(historyOf(events), model).parts) {
      const problem = part.problemOf(part.rows);
      if (problem.completions === 0) continue;
      const rule = witnessRule(problem, model);
      const keep = Uint8Array.from(part.rows, () => (random.chance(0.5) ? 1 : 0));
      for (let back = rule.missing(keep); back.length > 0; back = rule.missing(keep)) {
        for (const operation of back) keep[operation] = 1;
      }
      if (keep.every((kept) => kept === 1)) continue;
      parts++;
      const kept = new Set<number>();
      for (const [operation, row] of part.rows.entries()) {
        if (keep[operation] === 1) kept.add(part.history.columns.invokeIndex[row] as number);
      }
      const rest = operations.filter(({ call }) => kept.has(call));
      if (!hasOrder(rest, model)) expect.fail(`history ${ordinal}: ${JSON.stringify([...kept])}`);
    }
  }
  // Otherwise this tells nothing.
  expect(parts).toBeGreaterThan(100);
});
