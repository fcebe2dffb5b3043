import { describe, expect, test } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import { casRegister, type Model, register } from "../models/index.ts";
import { type BareOperation, hasOrder, operationsByKey, type Reading } from "../testing/brute-force.ts";
import { type BareEvent, historyOf } from "../testing/history-of.ts";
import { arbitraryHistory, atomicHistory, type RandomShape } from "../testing/random-history.ts";
import { ALL_OFF, randomReductions } from "../testing/random-reductions.ts";
import { wrongOrder } from "../testing/wrong-order.ts";
import { stepMeter } from "./meter.ts";
import { prepare } from "./prepare.ts";
import type { Problem } from "./problem.ts";
import { ALL_REDUCTIONS, type Reductions, search } from "./search.ts";
import { Transitions } from "./transitions.ts";

/** Of all combinations, so many by chance for each history, beside all and none. */
const CHOSEN = 3;

function someReductions(random: Random): Reductions[] {
  return [
    { ...ALL_REDUCTIONS, strategy: "depth" },
    { ...ALL_REDUCTIONS, strategy: "breadth" },
    ALL_OFF,
    ...Array.from({ length: CHOSEN }, () => randomReductions(random)),
  ];
}

function verdict(problems: readonly Problem[], model: Model, reductions: Reductions): string {
  for (const problem of problems) {
    const meter = stepMeter(1e6, 1e8);
    const found = search(problem, () => new Transitions(model, problem.classes, meter), meter, reductions);
    if (found.verdict !== "valid") return found.verdict;
    const wrong = wrongOrder(problem, model, found.order() as Int32Array);
    if (wrong !== undefined) return wrong;
  }
  return "valid";
}

function trueVerdict(events: readonly BareEvent[], reading: Reading): "valid" | "invalid" {
  const all: BareOperation[][] = [...operationsByKey(events, reading).values()];
  return all.every((operations) => hasOrder(operations, reading)) ? "valid" : "invalid";
}

function randomShape(random: Random, withCas: boolean): RandomShape {
  return {
    operations: random.between(1, 7),
    processes: random.between(1, 5),
    values: random.between(2, 4),
    withCas,
    crashed: random.pick([0, 0.2, 0.5]),
    failed: random.pick([0, 0.2]),
  };
}

function randomReading(random: Random): Reading {
  return {
    init: random.pick([null, 0]),
    failedCas: random.pick(["dropped", "observed"]),
    nilReads: random.pick(["value", "unknown"]),
  };
}

describe("every combination of the reductions agrees with the definition", () => {
  test.each([
    { name: "register", create: register, withCas: false, seed: 1 },
    { name: "cas-register", create: casRegister, withCas: true, seed: 2 },
  ])(
    "on 20,000 small histories of a $name",
    ({ create, withCas, seed }) => {
      const seen = { valid: 0, invalid: 0 };
      for (let ordinal = 0; ordinal < 20_000; ordinal++) {
        const random = new Random(seed).fork(ordinal);
        const reading = randomReading(random);
        const shape = randomShape(random, withCas);
        const events =
          ordinal % 4 === 0 ? atomicHistory(random, shape, reading.init) : arbitraryHistory(random, shape);
        const expected = trueVerdict(events, reading);
        seen[expected]++;
        const model = create(reading);
        const problems = prepare(historyOf(events), model).parts.map((part) => part.problem().problem);
        for (const reductions of someReductions(random)) {
          const found = verdict(problems, model, reductions);
          if (found !== expected) expect.fail(report(ordinal, expected, found, reductions, reading, events));
        }
      }
      // Both verdicts must be common, or the comparison tells little.
      expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(4_000);
    },
    120_000,
  );
});

function report(ordinal: number, ...facts: readonly unknown[]): string {
  return [`history ${ordinal}`, ...facts.map((fact) => JSON.stringify(fact))].join("\n");
}

test("what an atomic register answers is always valid, at any length and cut off anywhere", () => {
  for (let ordinal = 0; ordinal < 300; ordinal++) {
    const random = new Random(3).fork(ordinal);
    const withCas = random.chance(0.5);
    const shape = {
      operations: 60,
      processes: random.between(1, 8),
      values: 4,
      withCas,
      crashed: 0.1,
      failed: 0.1,
    };
    const events = atomicHistory(random, shape, 0);
    const cut = events.slice(0, random.between(1, events.length));
    expect(verdictOf(events)).toBe("valid");
    expect(verdictOf(cut)).toBe("valid");
  }
  function verdictOf(events: readonly BareEvent[]): string | undefined {
    const model = casRegister({ init: 0, failedCas: "observed" });
    const problems = prepare(historyOf(events), model).parts.map((part) => part.problem().problem);
    return verdict(problems, model, ALL_REDUCTIONS);
  }
});
