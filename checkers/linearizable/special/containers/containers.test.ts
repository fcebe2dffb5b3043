import { describe, expect, test } from "vitest";
import { Random } from "../../../../harness/clock/random.ts";
import { createModel, type Model, type ModelName } from "../../../models/index.ts";
import { clientHistory, type HistoryShape } from "../../../testing/client-history.ts";
import { type BareEvent, historyOf } from "../../../testing/history-of.ts";
import { modelClients } from "../../../testing/model-clients.ts";
import { hasOrder, operationsByObject } from "../../../testing/oracle.ts";
import { faultOfOrder } from "../../../testing/replay.ts";
import { stepMeter } from "../../meter.ts";
import { type Part, prepare } from "../../prepare.ts";
import { decideSpecially } from "../index.ts";

const HISTORIES = 20_000;

function randomShape(random: Random): HistoryShape {
  return {
    operations: random.between(2, 10),
    processes: random.between(2, 5),
    values: random.pick(["distinct", "distinct", "distinct", 6]),
    keys: [undefined],
    crashed: random.pick([0, 0.1, 0.3]),
    failed: random.pick([0, 0.2]),
    invented: random.pick([0, 0.2, 0.5]),
  };
}

const decide = (part: Part, model: Model) => decideSpecially(part, model, stepMeter(1e9, 1e12));

/** Whether the definition finds an order of some rows alone, or of all. */
function orderOf(events: readonly BareEvent[], model: Model, part: Part, rows: Int32Array): boolean {
  const calls = new Set(Array.from(rows, (row) => part.history.columns.invokeIndex[row]));
  const operations = [...operationsByObject(events, model).values()].flat();
  return hasOrder(
    operations.filter(({ call }) => calls.has(call)),
    model,
  );
}

describe("decisions about containers agree with the definition, and can be checked", () => {
  test.each<ModelName>(["queue", "stack", "priority-queue", "bag"])(
    "on 20,000 small histories of a %s",
    (name) => {
      const seen = { valid: 0, invalid: 0, declined: 0 };
      const model = createModel(name);
      for (let ordinal = 0; ordinal < HISTORIES; ordinal++) {
        const random = new Random(23).stream(name).fork(ordinal);
        const clients = modelClients[name]?.(null);
        if (clients === undefined) expect.fail(`no clients of ${name}`);
        const events = clientHistory(random, model, clients, randomShape(random));
        const report = (...facts: readonly unknown[]) =>
          [`history ${ordinal}`, ...facts, ...events].map((fact) => JSON.stringify(fact)).join("\n");
        const [part] = prepare(historyOf(events), model).parts;
        if (part === undefined) continue;
        const found = decide(part, model);
        if (found === undefined) {
          seen.declined++;
          continue;
        }
        seen[found.verdict]++;
        const expected = orderOf(events, model, part, part.rows) ? "valid" : "invalid";
        if (found.verdict !== expected) expect.fail(report(`is ${expected}, not ${found.verdict}`, found));
        if (found.verdict === "valid") {
          const order = found.order();
          const fault = faultOfOrder(part, model, order);
          if (fault !== undefined) expect.fail(report(fault, [...order]));
          continue;
        }
        const { rows, row, why } = found.violation;
        if (orderOf(events, model, part, rows))
          expect.fail(report("the witness has an order", [...rows], why));
        if (!rows.includes(row)) expect.fail(report("the witness lacks its operation", [...rows], row, why));
        if (rows.some((each, at) => at > 0 && each <= (rows[at - 1] as number))) {
          expect.fail(report("the witness is out of order", [...rows]));
        }
      }
      expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(HISTORIES / 5);
      expect(seen.declined).toBeLessThan(HISTORIES / 4);
    },
    240_000,
  );
});
