import { UsageError } from "../../harness/errors.ts";
import { type Checker, checkContext } from "../../harness/ports/checker.ts";
import { type Anomaly, mergeValidity, type Reason } from "../../harness/ports/verdict.ts";
import { emptyHistory } from "../empty-history.ts";
import { BudgetExceeded, clockMeter } from "../linearizable/meter.ts";
import { siftRows } from "../linearizable/preparation/sift.ts";
import { budgetReason } from "../linearizable/undecided.ts";
import { builtInOf, type Model } from "../models/index.ts";
import { anomalyOf, type Find } from "./finding.ts";
import { REGISTER_MODELS, type RegistersRead, readRegisters } from "./read-registers.ts";
import type { RegisterHistory } from "./register-history.ts";
import { thinAirRead } from "./thin-air.ts";

/** A consistency model of registers, by what refutes it. */
export interface RegisterConsistency {
  /** As the checker is called. */
  readonly name: string;
  /** Complete: a history without findings obeys the model. */
  readonly find: Find;
  /** What has to be said of a history that obeys the model. */
  readonly remarks?: (registers: RegisterHistory, model: Model) => readonly Reason[];
}

/**
 * A checker of registers, all keys together, where the history tells who wrote each value that was read. A read of a value
 * that nobody wrote is a violation of every model. Failed operations are left out; crashed ones took effect if
 * somebody read from them, and are left out otherwise.
 *
 * Reasons: `empty-history`, `budget-time`, `budget-memory`; `ambiguous-reads` where a value that was read was written more than
 * once, `refused-compare-and-set` where such are observed, `unsupported-operation`. An `invalid` is certain all the same.
 * Errors: UsageError `history-does-not-fit-model`; `unsupported-check` for a model of something else.
 */
export function registerChecker(consistency: RegisterConsistency, model: Model): Checker {
  const { name } = consistency;
  if (!REGISTER_MODELS.includes(builtInOf(model)?.name ?? "")) {
    throw new UsageError({
      code: "unsupported-check",
      message: `${name} of model ${model.name} cannot be judged`,
      hint: `it can of the built-in models ${REGISTER_MODELS.join(", ")}`,
    });
  }
  const result = (
    anomalies: readonly Anomaly[],
    reasons: readonly Reason[],
    remarks: readonly Reason[] = [],
  ) => ({
    checker: name,
    validity: mergeValidity([
      "valid",
      ...anomalies.map(() => "invalid" as const),
      ...reasons.map(() => "unknown" as const),
    ]),
    anomalies,
    reasons: [...reasons, ...remarks],
  });
  return {
    name,
    check(history, settings) {
      if (history.eventCount === 0) return result([], [emptyHistory(model)]);
      const { budget, nowMs } = checkContext(settings);
      const meter = clockMeter(nowMs, nowMs() + budget.timeMs, budget.memoryBytes);
      const rows = siftRows(history, model);
      const read = readRegisters(history, model, rows);
      if (typeof read === "string") return result([], [unsupported(read)]);
      const { registers, thinAir } = read;
      const anomalies = thinAir.slice(0, 1).map((row) => thinAirRead(history, model, row));
      try {
        const found = consistency.find(registers, meter);
        for (const finding of found) anomalies.push(anomalyOf(registers, model, finding, consistency.find));
      } catch (error) {
        if (!(error instanceof BudgetExceeded)) throw error;
        return result(anomalies, [budgetReason(error.exhausted, budget)]);
      }
      if (anomalies.length > 0) return result(anomalies, []);
      return result([], leftOut(read), consistency.remarks?.(registers, model));
    },
  };
}

function unsupported(f: string): Reason {
  return {
    code: "unsupported-operation",
    message: `${f} neither reads a register nor writes it`,
    hint: "a history of reads and writes, or of compare-and-set, can be judged",
  };
}

function leftOut({ ambiguous, refusals, registers }: RegistersRead): Reason[] {
  const reasons: Reason[] = [];
  const eventOf = (row: number) => registers.history.columns.invokeIndex[row];
  if (ambiguous.length > 0) {
    reasons.push({
      code: "ambiguous-reads",
      message:
        `${ambiguous.length} operations, the first of event ${eventOf(ambiguous[0] as number)}, observed a value that was written more ` +
        "than once, so that nobody knows from whom they have it; there is no violation among the others",
      hint: "let clients write each value once per key, and not the initial value",
    });
  }
  if (refusals.length > 0) {
    reasons.push({
      code: "refused-compare-and-set",
      message:
        `${refusals.length} refused compare-and-set, the first of event ${eventOf(refusals[0] as number)}, tell what a register did not ` +
        "hold, and not what it held; there is no violation among the other operations",
      hint: "with --failed-cas dropped they say nothing",
    });
  }
  return reasons;
}
