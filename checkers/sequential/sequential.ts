import type { History } from "../../harness/history/index.ts";
import { type Checker, checkContext } from "../../harness/ports/checker.ts";
import { type Anomaly, type CheckResult, mergeValidity, type Reason } from "../../harness/ports/verdict.ts";
import { emptyHistory } from "../empty-history.ts";
import { BudgetExceeded, clockMeter, type Meter } from "../linearizable/meter.ts";
import { guardedModel } from "../linearizable/preparation/guarded-model.ts";
import { type Part, prepare } from "../linearizable/preparation/prepare.ts";
import { budgetReason } from "../linearizable/undecided.ts";
import { builtInOf, type Model } from "../models/index.ts";
import { anomalyOf } from "../register-history/finding.ts";
import { REGISTER_MODELS, readRegisters } from "../register-history/read-registers.ts";
import { thinAirRead } from "../register-history/thin-air.ts";
import { components } from "./components.ts";
import { type Known, sequentialProblem } from "./problem.ts";
import { findForcedCycle, saturate } from "./saturate.ts";
import { findOrder } from "./search.ts";
import { searchedAnomaly } from "./shrink.ts";

/**
 * Whether there is one order of all operations, on all keys together, that keeps the order of each session and in which each
 * object behaves like `model` (Lamport, IEEE Trans. Computers C-28(9), 1979). A session is a process. Failed operations took no
 * effect; crashed ones took effect at any time after what their process did before, or never. Real time says nothing.
 *
 * Unlike linearizability this is not local: keys are decided together, but for those that no session connects. Of registers,
 * what each order must agree with is concluded first ({@link saturate}), which refutes most histories that have no order and
 * leaves little to try in others; then the rest is searched ({@link findOrder}).
 *
 * Anomalies: `nonsequential`, ThinAirRead. Cost: O(n·k²) for n operations in k sessions without backtracking; exponential at worst, as
 * the problem is NP-complete. What cannot be decided within the budget is `unknown`.
 * Reasons: `empty-history`, `budget-time`, `budget-memory`, `budget-configurations`.
 * Errors: as of `linearizable`.
 */
export function sequential(model: Model): Checker {
  return {
    name: "sequential",
    check(history, settings) {
      if (history.eventCount === 0) return result([], [emptyHistory(model)]);
      const { budget, nowMs } = checkContext(settings);
      const untilMs = nowMs() + budget.timeMs;
      const guarded = guardedModel(model, history);
      const anomalies: Anomaly[] = [];
      const reasons: Reason[] = [];
      for (const parts of components(history, prepare(history, guarded).parts)) {
        const progress = { placed: 0, choices: 0 };
        const meter = clockMeter(nowMs, untilMs, budget.memoryBytes, budget.configurations);
        try {
          const anomaly = decide(history, guarded, model, parts, meter, progress);
          if (anomaly === undefined) continue;
          anomalies.push(anomaly);
          break;
        } catch (error) {
          if (!(error instanceof BudgetExceeded)) throw error;
          const operations = parts.reduce((sum, { rows }) => sum + rows.length, 0);
          const how = `placed ${progress.placed} of ${operations} operations at most, in ${progress.choices} choices`;
          reasons.push(budgetReason(error.exhausted, budget, how));
        }
      }
      return result(anomalies, anomalies.length > 0 ? [] : reasons);
    },
  };
}

/** Whether objects that sessions connect have an order: what is wrong where they have none. The meter throws. */
function decide(
  history: History,
  model: Model,
  given: Model,
  parts: readonly Part[],
  meter: Meter,
  progress: { placed: number; choices: number },
): Anomaly | undefined {
  const read = registersOf(history, given, parts);
  let known: Known | undefined;
  if (read !== undefined) {
    const [thinAir] = read.thinAir;
    if (thinAir !== undefined) return thinAirRead(history, given, thinAir);
    const saturated = saturate(read.registers, meter);
    if ("finding" in saturated) return anomalyOf(read.registers, given, saturated.finding, findForcedCycle);
    // A refused compare-and-set may have seen a crashed write that nobody read from.
    const complete = read.ambiguous.length === 0 && read.refusals.length === 0;
    known = { registers: read.registers, order: saturated.order, complete };
  }
  const problem = sequentialProblem(history, model, parts, meter, known);
  if (findOrder(problem, meter, progress) !== undefined) return undefined;
  return searchedAnomaly(history, model, parts);
}

function registersOf(history: History, model: Model, parts: readonly Part[]) {
  if (!REGISTER_MODELS.includes(builtInOf(model)?.name ?? "")) return undefined;
  const rows = Int32Array.from(parts.flatMap((part) => [...part.rows])).sort();
  const read = readRegisters(history, model, rows);
  return typeof read === "string" ? undefined : read;
}

function result(anomalies: readonly Anomaly[], reasons: readonly Reason[]): CheckResult {
  const validity = mergeValidity([
    "valid",
    ...anomalies.map(() => "invalid" as const),
    ...reasons.map(() => "unknown" as const),
  ]);
  return { checker: "sequential", validity, anomalies, reasons };
}
