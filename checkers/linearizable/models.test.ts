import { describe, expect, test } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import type { Json } from "../../harness/history/index.ts";
import { DEFAULT_BUDGET } from "../../harness/ports/checker.ts";
import { mergeValidity, type Validity } from "../../harness/ports/verdict.ts";
import {
  createModel,
  type Model,
  type ModelName,
  type ModelOperation,
  type ModelOptions,
  models,
} from "../models/index.ts";
import { checkEvents } from "../testing/check-events.ts";
import { clientHistory, type HistoryShape } from "../testing/client-history.ts";
import { type BareEvent, historyOf } from "../testing/history-of.ts";
import { modelClients } from "../testing/model-clients.ts";
import { hasLinearization, type Reading } from "../testing/oracle.ts";
import { randomReductions } from "../testing/random-reductions.ts";
import { beginCheck } from "./begin-check.ts";
import { ALL_REDUCTIONS, type Reductions } from "./search/reductions.ts";
import { specialCheckers } from "./special/index.ts";

const HISTORIES = 20_000;

/** Initial values that are drawn from, where the model takes one. */
const INITS: Readonly<Record<string, readonly Json[]>> = {
  kv: [null, "", "1"],
  counter: [0, 2],
  semaphore: [1, 2],
};

function randomOptions(random: Random, name: string): ModelOptions {
  const taken = models[name as ModelName].options;
  return {
    ...(taken.includes("init") ? { init: random.pick(INITS[name] ?? [null, 0, 1]) } : {}),
    ...(taken.includes("failedCas") ? { failedCas: random.pick(["dropped", "observed"] as const) } : {}),
    ...(taken.includes("nilReads") ? { nilReads: random.pick(["value", "unknown"] as const) } : {}),
  };
}

function readingOf({ failedCas, nilReads }: ModelOptions): Reading {
  return {
    observesFailure: (f) => f === "cas" && failedCas === "observed",
    saysNothing: ({ f, type, output }: ModelOperation) =>
      nilReads === "unknown" && (f === "read" || f === "get") && type === "ok" && output === null,
  };
}

function randomShape(random: Random): HistoryShape {
  return {
    operations: random.between(1, 8),
    processes: random.between(1, 5),
    values: random.pick(["distinct", 2, 3]),
    keys: random.pick([[undefined], ["x"], ["x", 1]]),
    crashed: random.pick([0, 0.2, 0.5]),
    failed: random.pick([0, 0.2]),
    invented: random.pick([0, 0.3, 0.3, 1]),
  };
}

/** What the search finds alone. Without explanations, which would take most of the time. */
function searchAlone(events: readonly BareEvent[], model: Model, reductions: Reductions): Validity {
  const context = { budget: DEFAULT_BUDGET, nowMs: () => 0 };
  const check = beginCheck(historyOf(events), model, context, { special: false, reductions });
  while (check.searchNext());
  const found = check.parts.map((_, part) => check.agenda.result(part)?.verdict ?? "unknown");
  return mergeValidity(["valid", ...found]);
}

describe("the checker agrees with the definition, with and without special checkers and reductions", () => {
  test.each(Object.keys(models))(
    "on 20,000 small histories of the model %s",
    (name) => {
      const seen = { valid: 0, invalid: 0, specially: 0 };
      for (let ordinal = 0; ordinal < HISTORIES; ordinal++) {
        const random = new Random(17).stream(name).fork(ordinal);
        const options = randomOptions(random, name);
        const model = createModel(name, options);
        const clients = modelClients[name]?.(options.init === undefined ? model.init : options.init);
        if (clients === undefined) expect.fail(`no clients of ${name}`);
        const shape = randomShape(random);
        const events = clientHistory(random, model, clients, shape);
        const report = (...facts: readonly unknown[]) =>
          [`history ${ordinal}`, ...facts, options, shape, ...events]
            .map((fact) => JSON.stringify(fact))
            .join("\n");
        const expected = hasLinearization(events, model, readingOf(options)) ? "valid" : "invalid";
        if (shape.invented === 0 && expected !== "valid")
          expect.fail(report("of an atomic object", expected));
        seen[expected]++;
        const { validity, decidedBy = {} } = checkEvents(events, model);
        if (validity !== expected) expect.fail(report(`is ${expected}, not ${validity}`, decidedBy));
        if (!("search" in decidedBy)) seen.specially++;
        for (const reductions of [ALL_REDUCTIONS, randomReductions(random)]) {
          const found = searchAlone(events, model, reductions);
          if (found !== expected) expect.fail(report(`is ${expected}, not ${found}`, reductions));
        }
      }
      // Both verdicts must be common, or the comparison tells little.
      expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(HISTORIES / 8);
      if (specialCheckers.some((checker) => checker.models.includes(name))) {
        expect(seen.specially).toBeGreaterThan(HISTORIES / 20);
      }
    },
    240_000,
  );
});
