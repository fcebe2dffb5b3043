import { describe, expect, test } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import type { Json } from "../../harness/history/index.ts";
import { createModel, type Model, type ModelName, type ModelOptions, models } from "../models/index.ts";
import { check } from "../testing/check-registers.ts";
import { clientHistory, type HistoryShape } from "../testing/client-history.ts";
import type { BareEvent } from "../testing/history-of.ts";
import { modelClients } from "../testing/model-clients.ts";
import type { Reading } from "../testing/oracle.ts";
import { drawnShape, sessionHistory } from "../testing/session-history.ts";
import { shiftedSessions } from "../testing/shifted-sessions.ts";
import { sequential } from "./sequential.ts";
import { hasSequentialOrder } from "./testing/sequential-oracle.ts";

const HISTORIES = { registers: 20_000, others: 5_000 };

const REGISTERS = ["register", "cas-register", "kv"];

function shapeOf(random: Random): HistoryShape {
  return {
    operations: random.between(2, 8),
    processes: random.between(1, 4),
    values: random.pick(["distinct", 2, 3]),
    keys: random.pick([[undefined], ["x"], ["x", "y"]]),
    crashed: random.pick([0, 0.2, 0.4]),
    failed: random.pick([0, 0.2]),
    invented: random.pick([0, 0.2, 0.4]),
  };
}

function agree(
  model: Model,
  events: readonly BareEvent[],
  reading: Reading,
  seed: unknown,
): "valid" | "invalid" {
  const expected = hasSequentialOrder(events, model, reading) ? "valid" : "invalid";
  const { validity, anomalies, reasons } = check(sequential(model), events);
  if (validity !== expected) {
    const report = [`history ${seed} is ${expected}, not ${validity}`, reasons, anomalies, ...events];
    expect.fail(report.map((fact) => JSON.stringify(fact)).join("\n"));
  }
  return expected;
}

const INITS: Readonly<Record<string, readonly Json[]>> = { kv: [null, ""], semaphore: [1, 2] };

describe("sequential consistency agrees with the definition", () => {
  test("on 20,000 small histories of registers, written once and in sessions", () => {
    const seen = { valid: 0, invalid: 0 };
    for (let ordinal = 0; ordinal < HISTORIES.registers; ordinal++) {
      const random = new Random(5).fork(ordinal);
      const observed = random.chance(0.3);
      const model = createModel("cas-register", { failedCas: observed ? "observed" : "dropped" });
      const events = sessionHistory(random, drawnShape(random, 10));
      seen[agree(model, events, { observesFailure: (f) => observed && f === "cas" }, ordinal)]++;
    }
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(HISTORIES.registers / 5);
  });

  test.each(Object.keys(models))(
    "on small histories of the model %s, with values written again and sessions shifted in time",
    (name) => {
      const histories = REGISTERS.includes(name) ? HISTORIES.registers : HISTORIES.others;
      const seen = { valid: 0, invalid: 0 };
      for (let ordinal = 0; ordinal < histories; ordinal++) {
        const random = new Random(6).stream(name).fork(ordinal);
        const takes = models[name as ModelName].options;
        const init = takes.includes("init") ? random.pick(INITS[name] ?? [0, 1]) : undefined;
        const failedCas = takes.includes("failedCas")
          ? random.pick(["dropped", "observed"] as const)
          : undefined;
        const options: ModelOptions = {
          ...(init === undefined ? {} : { init }),
          ...(failedCas && { failedCas }),
        };
        const model = createModel(name, options);
        const clients = modelClients[name]?.(init ?? model.init);
        if (clients === undefined) expect.fail(`no clients of ${name}`);
        const shape = shapeOf(random);
        const events = shiftedSessions(random, clientHistory(random, model, clients, shape));
        const reading: Reading = { observesFailure: (f) => f === "cas" && failedCas === "observed" };
        const verdict = agree(model, events, reading, ordinal);
        if (shape.invented === 0 && verdict !== "valid")
          expect.fail(`history ${ordinal} is of an atomic object`);
        seen[verdict]++;
      }
      expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(histories / 20);
    },
    240_000,
  );
});
