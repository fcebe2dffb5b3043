import type { History } from "../../harness/history/index.ts";
import type { CheckContext } from "../../harness/ports/checker.ts";
import {
  type Anomaly,
  type CheckResult,
  type Linearization,
  mergeValidity,
  type Reason,
} from "../../harness/ports/verdict.ts";
import { emptyHistory } from "../empty-history.ts";
import type { Model } from "../models/index.ts";
import { Agenda, type TurnResult } from "./agenda.ts";
import { explain, explainViolation, searchFailure } from "./explanation/explain.ts";
import { linearizationOf } from "./linearization-of.ts";
import { BudgetExceeded, clockMeter } from "./meter.ts";
import { guardedModel } from "./preparation/guarded-model.ts";
import { type Part, prepare } from "./preparation/prepare.ts";
import type { Reductions } from "./search/search.ts";
import { searchTurn } from "./search-turn.ts";
import { type Decided, decideSpecially } from "./special/index.ts";
import { type Undecided, undecided } from "./undecided.ts";

export interface LinearizableOptions {
  /** Whether every object is decided, though one is known to be invalid. Default: the check ends at the first violation. */
  readonly allKeys?: boolean;
  /** Whether an order is given for each object that has one. It is put together within the budget, once more. */
  readonly witness?: boolean;
  /** False: the search decides alone, without special checkers. For tests of the search. Default true. */
  readonly special?: boolean;
  /** For tests of the search itself. */
  readonly reductions?: Reductions;
}

/** A check that has begun: what special checkers can decide is decided, and what is left stands on the agenda. */
export interface BegunCheck {
  /** The objects, the smallest first. */
  readonly parts: readonly Part[];
  /** The searches that are left, for whoever has threads for them. */
  readonly agenda: Agenda;
  /** Searches for one turn, on the caller's thread. False where there was none to take. */
  searchNext(): boolean;
  /** The result, once the agenda is empty. Explanations are made here, so that none takes time from a search. */
  conclude(): CheckResult;
}

/**
 * Begins a check: prepares the history, and lets the special checkers decide what they can, the smallest object first,
 * up to the first one that is invalid (all of them with `allKeys`).
 *
 * Cost: O(n log n) for n operations. Errors: UsageError `history-does-not-fit-model`; of a user's own model
 * `bad-model`, `model-failed`, `model-answers-nonsense`, `model-changes-state`.
 */
export function beginCheck(
  history: History,
  given: Model,
  context: CheckContext,
  { allKeys = false, special = true, witness = false, reductions }: LinearizableOptions = {},
): BegunCheck {
  const endMs = context.nowMs() + context.budget.timeMs;
  const model = guardedModel(given, history);
  const { parts } = prepare(history, model);
  const outcomes = new Map<number, Outcome>();
  const declined: { part: number; size: number }[] = [];
  let violated = false;
  for (const [index, part] of parts.entries()) {
    const outcome = special ? specially(part, model, context, endMs) : undefined;
    if (outcome === undefined) declined.push({ part: index, size: part.rows.length });
    else outcomes.set(index, outcome);
    violated ||= outcome?.verdict === "invalid";
    if (violated && !allKeys) break;
  }
  const agenda = new Agenda(violated && !allKeys ? [] : declined, context, { endMs, allKeys });
  return {
    parts,
    agenda,
    searchNext() {
      const turn = agenda.next();
      if (turn === undefined) return false;
      const startMs = context.nowMs();
      const found = searchTurn(parts[turn.part] as Part, model, turn, context.nowMs, reductions);
      agenda.settle(turn, found, context.nowMs() - startMs);
      return true;
    },
    conclude() {
      if (history.eventCount === 0) return result([], [emptyHistory(model)], []);
      for (const { part } of declined) {
        const searched = agenda.result(part);
        if (searched !== undefined) outcomes.set(part, { ...searched, checker: SEARCH });
      }
      const concluded = conclude(parts, outcomes, model, context);
      return witness ? { ...concluded, linearizations: orders(parts, outcomes, model, context) } : concluded;
    },
  };
}

const SEARCH = "search";

/** What was found out about one object, and by which checker. */
type Outcome = Decided | (TurnResult & { readonly checker: typeof SEARCH });

function specially(
  part: Part,
  model: Model,
  { budget, nowMs }: CheckContext,
  endMs: number,
): Outcome | undefined {
  try {
    return decideSpecially(part, model, clockMeter(nowMs, endMs, budget.memoryBytes));
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    const progress = { position: 0, completions: part.rows.length, open: 0, configurations: 0 };
    return { verdict: "unknown", exhausted: error.exhausted, progress, checker: SEARCH };
  }
}

function conclude(
  parts: readonly Part[],
  outcomes: ReadonlyMap<number, Outcome>,
  model: Model,
  { budget }: CheckContext,
): CheckResult {
  const anomalies: Anomaly[] = [];
  const open: Undecided[] = [];
  const checkers: string[] = [];
  for (const [index, part] of parts.entries()) {
    const outcome = outcomes.get(index);
    if (outcome === undefined) continue;
    checkers.push(outcome.checker);
    if (outcome.verdict === "invalid") {
      anomalies.push(
        "progress" in outcome
          ? explain(model, searchFailure(part, outcome.progress.position), budget.memoryBytes)
          : explainViolation(model, part, outcome, budget.memoryBytes),
      );
    } else if (outcome.verdict === "unknown") open.push({ part, result: outcome });
  }
  const reasons = undecided(open, budget);
  const left = parts.length - outcomes.size;
  if (left > 0) reasons.push(stoppedEarly(left, parts.length));
  return result(anomalies, reasons, checkers);
}

function orders(
  parts: readonly Part[],
  outcomes: ReadonlyMap<number, Outcome>,
  model: Model,
  context: CheckContext,
): Linearization[] {
  return parts.flatMap((part, index) => {
    const outcome = outcomes.get(index);
    if (outcome?.verdict !== "valid") return [];
    const order = "order" in outcome ? () => outcome.order() : undefined;
    return linearizationOf(part, model, order, context) ?? [];
  });
}

function result(
  anomalies: readonly Anomaly[],
  reasons: readonly Reason[],
  checkers: readonly string[],
): CheckResult {
  const validity = mergeValidity([
    "valid",
    ...anomalies.map(() => "invalid" as const),
    ...reasons.map(() => "unknown" as const),
  ]);
  return { checker: "linearizable", validity, anomalies, reasons, decidedBy: tally(checkers) };
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function stoppedEarly(left: number, all: number): Reason {
  return {
    code: "first-violation",
    message: `${left} of ${all} objects were not decided: the check ended at the first violation`,
    hint: "ask for all keys (--all-keys) to have every object judged",
  };
}
