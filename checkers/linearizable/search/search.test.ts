import { describe, expect, test } from "vitest";
import { Random } from "../../../harness/clock/random.ts";
import type { History } from "../../../harness/history/index.ts";
import { casRegister, type Model, register } from "../../models/index.ts";
import { type BareOperation, hasOrder, operationsByKey, type Reading } from "../../testing/brute-force.ts";
import { faultOfOrder } from "../../testing/fault-of-order.ts";
import { generatedHistory } from "../../testing/generated-history.ts";
import { generatedRegister } from "../../testing/generated-register.ts";
import { type BareEvent, historyOf } from "../../testing/history-of.ts";
import { NO_REDUCTIONS, randomReductions } from "../../testing/random-reductions.ts";
import { arbitraryHistory, atomicHistory, type RandomShape } from "../../testing/random-register-history.ts";
import { stepMeter } from "../meter.ts";
import { prepare } from "../preparation/prepare.ts";
import type { Problem } from "../preparation/problem.ts";
import { ALL_REDUCTIONS, findOrder, type Reductions, search } from "./search.ts";
import { Transitions } from "./transitions.ts";

/** Of all combinations of reductions, so many by chance for each history, beside all and none. */
const CHOSEN = 3;

const DEPTH: Reductions = { ...ALL_REDUCTIONS, strategy: "depth" };
const BREADTH: Reductions = { ...ALL_REDUCTIONS, strategy: "breadth" };

/** What the search gets of one object, and the history that its rows are of. */
interface Posed {
  readonly history: History;
  readonly problem: Problem;
}

function problemsOf(events: readonly BareEvent[], model: Model): Posed[] {
  const history = historyOf(events);
  return prepare(history, model).parts.map((part) => ({ history, problem: part.problem().problem }));
}

/** Valid, with an order that stands a replay; invalid, with the position; or what is wrong with the order. */
function outcome({ history, problem }: Posed, model: Model, reductions: Reductions): string {
  const meter = stepMeter(1e7, 2e8);
  const transitions = () => new Transitions(model, problem.classes, meter);
  const { verdict, progress } = search(problem, transitions, meter, reductions);
  if (verdict !== "valid") return `${verdict} at ${progress.position}`;
  const order = findOrder(problem, transitions, stepMeter(1e7, 2e8), reductions);
  const rows = order?.map((operation) => problem.rows[operation] as number);
  return (rows && faultOfOrder({ history, rows: problem.rows }, model, rows)) ?? verdict;
}

function verdictOf(problems: readonly Posed[], model: Model, reductions: Reductions): string {
  for (const problem of problems) {
    const found = outcome(problem, model, reductions);
    if (found !== "valid") return found.replace(/ at \d+$/, "");
  }
  return "valid";
}

function trueVerdict(events: readonly BareEvent[], reading: Reading): "valid" | "invalid" {
  const all: BareOperation[][] = [...operationsByKey(events, reading).values()];
  return all.every((operations) => hasOrder(operations, reading)) ? "valid" : "invalid";
}

function randomReading(random: Random): Reading {
  return {
    init: random.pick([null, 0]),
    failedCas: random.pick(["dropped", "observed"]),
    nilReads: random.pick(["value", "unknown"]),
  };
}

const REGISTERS = [
  { name: "register", create: register, withCas: false, seed: 1 },
  { name: "cas-register", create: casRegister, withCas: true, seed: 2 },
];

describe("every combination of the reductions agrees with the definition, and every order stands a replay", () => {
  test.each(REGISTERS)(
    "on 20,000 small histories of a $name",
    ({ create, withCas, seed }) => {
      const seen = { valid: 0, invalid: 0 };
      for (let ordinal = 0; ordinal < 20_000; ordinal++) {
        const random = new Random(seed).fork(ordinal);
        const reading = randomReading(random);
        const shape: RandomShape = {
          operations: random.between(1, 7),
          processes: random.between(1, 5),
          values: random.between(2, 4),
          withCas,
          crashed: random.pick([0, 0.2, 0.5]),
          failed: random.pick([0, 0.2]),
        };
        const events =
          ordinal % 4 === 0 ? atomicHistory(random, shape, reading.init) : arbitraryHistory(random, shape);
        const expected = trueVerdict(events, reading);
        seen[expected]++;
        const model = create(reading);
        const problems = problemsOf(events, model);
        const chosen = Array.from({ length: CHOSEN }, () => randomReductions(random));
        for (const reductions of [DEPTH, BREADTH, NO_REDUCTIONS, ...chosen]) {
          const found = verdictOf(problems, model, reductions);
          if (found !== expected) expect.fail(report(ordinal, expected, found, reductions, reading, events));
        }
      }
      // Both verdicts must be common, or the comparison tells little.
      expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(4_000);
    },
    120_000,
  );
});

test("longer histories, wrong in a read or two, fail at one position whatever is left out", () => {
  const classic: Reductions = { ...NO_REDUCTIONS, pureAtOnce: true, earliestTwin: true, dominance: true };
  let invalid = 0;
  for (let ordinal = 0; ordinal < 4_000; ordinal++) {
    const random = new Random(4).fork(ordinal);
    const withCas = random.chance(0.6);
    const shape: RandomShape = {
      operations: random.between(8, 26),
      processes: random.between(3, 9),
      values: random.between(2, 5),
      withCas,
      crashed: random.pick([0, 0.1, 0.3]),
      failed: 0.1,
    };
    const events = misread(random, atomicHistory(random, shape, 0), random.int(3), shape.values);
    const model = (withCas ? casRegister : register)({
      init: 0,
      ...(withCas ? { failedCas: random.pick(["dropped", "observed"]) } : {}),
    });
    for (const problem of problemsOf(events, model)) {
      const expected = outcome(problem, model, classic);
      if (expected !== "valid") invalid++;
      const some: Reductions = { ...randomReductions(random), dominance: true, coveredWrites: true };
      for (const reductions of [DEPTH, BREADTH, some]) {
        const found = outcome(problem, model, reductions);
        if (found !== expected) expect.fail(report(ordinal, expected, found, reductions, model.name, events));
      }
    }
  }
  expect(invalid).toBeGreaterThan(1_000);
}, 120_000);

/** The events with another answer to some of the reads. */
function misread(random: Random, events: readonly BareEvent[], times: number, values: number): BareEvent[] {
  const changed = [...events];
  const reads = changed.flatMap(({ f, type }, index) => (f === "read" && type === "ok" ? [index] : []));
  for (let time = 0; time < times && reads.length > 0; time++) {
    const index = random.pick(reads);
    changed[index] = { ...(changed[index] as BareEvent), value: random.int(values) };
  }
  return changed;
}

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
    const model = casRegister({ init: 0, failedCas: "observed" });
    for (const given of [events, cut]) {
      expect(verdictOf(problemsOf(given, model), model, ALL_REDUCTIONS)).toBe("valid");
    }
  }
});

describe("many clients and few values", () => {
  const shapes = [
    { operations: 2_000, clients: 50 },
    { operations: 2_000, clients: 10, crashed: 50 },
    { operations: 4_000, clients: 100, crashed: 100 },
  ];
  test.each(shapes)("are decided in few steps: %o", (shape) => {
    const model = casRegister();
    for (const violation of ["none", "middle", "end"] as const) {
      const object = generatedRegister({ values: 5, withCas: true });
      const events = [...generatedHistory(object, { ...shape, violation, seed: 5 })];
      const [{ problem }] = problemsOf(events, model) as [Posed];
      const meter = stepMeter(3_000_000, 1e8);
      const found = search(problem, () => new Transitions(model, problem.classes, meter), meter);
      expect(found.verdict).toBe(violation === "none" ? "valid" : "invalid");
    }
  });
});
