import type { History } from "../../harness/history/index.ts";
import type { CheckContext, Checker } from "../../harness/ports/checker.ts";
import { type Anomaly, type CheckResult, mergeValidity, type Reason } from "../../harness/ports/verdict.ts";
import type { Model } from "../models/index.ts";
import { explain, explainViolation, searchFailure } from "./explain.ts";
import { BudgetExceeded, clockMeter } from "./meter.ts";
import { type Part, prepare } from "./prepare.ts";
import { ALL_REDUCTIONS, type Reductions, type SearchResult, search } from "./search.ts";
import { type Decided, decideSpecially } from "./special/index.ts";
import { Transitions } from "./transitions.ts";
import { type Undecided, undecided } from "./undecided.ts";

export interface LinearizableOptions {
  /** False: the search decides alone, without special checkers. For tests of the search. Default true. */
  readonly special?: boolean;
  /** For tests of the search itself. */
  readonly reductions?: Reductions;
}

/**
 * Whether there is an order of the operations that extends real time and in which each object behaves like `model`
 * (Herlihy and Wing, TOPLAS 12(3), 1990). Failed operations took no effect; crashed ones may have taken effect at any time
 * after their invocation, or never. Objects are decided one by one, which is sound as linearizability is local; the
 * smallest comes first.
 *
 * Cost: O(n·k) for n operations, k open at a time on one object, where no backtracking is needed; exponential in the
 * number of open operations that differ in the worst case. What cannot be decided within the budget is `unknown`.
 * Finding the witness of a violation is bounded by steps, beside the budget.
 * Reasons: `empty-history`, `budget-time`, `budget-memory`.
 * Errors: UsageError `history-does-not-fit-model`, `model-contradicts-itself`.
 */
export function linearizable(model: Model, options: LinearizableOptions = {}): Checker {
  const { special = true, reductions = ALL_REDUCTIONS } = options;
  return {
    name: "linearizable",
    check: (history, context) => check(history, model, context, { special, reductions }),
  };
}

function check(
  history: History,
  model: Model,
  context: CheckContext,
  options: Required<LinearizableOptions>,
): CheckResult {
  const startMs = context.nowMs();
  const { parts } = prepare(history, model);
  if (history.eventCount === 0) return result([], [nothingToCheck(model)], []);

  const outcomes = decideAll(parts, model, context, options, startMs);
  const anomalies: Anomaly[] = [];
  const open: Undecided[] = [];
  for (const [index, part] of parts.entries()) {
    const outcome = outcomes[index] as Outcome;
    // Only now, so that no explanation takes time from a search.
    if (outcome.verdict === "invalid") {
      anomalies.push(
        "progress" in outcome
          ? explain(model, searchFailure(part, outcome.progress.position), context.budget.memoryBytes)
          : explainViolation(model, part, outcome, context.budget.memoryBytes),
      );
    } else if (outcome.verdict === "unknown") open.push({ part, result: outcome });
  }
  return result(
    anomalies,
    undecided(open, context.budget),
    outcomes.map(({ checker }) => checker),
  );
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

function nothingToCheck(model: Model): Reason {
  return {
    code: "empty-history",
    message: `the history has no events, so there is nothing that model ${model.name} could judge`,
    hint: "check that the clients ran at all, and that the right file was read",
  };
}

/** What was found out about one object, and by which checker. */
type Outcome = Decided | (SearchResult & { readonly checker: typeof SEARCH });

const SEARCH = "search";

/** Special checkers first, on every object; what they decline is for the search. */
function decideAll(
  parts: readonly Part[],
  model: Model,
  context: CheckContext,
  { special, reductions }: Required<LinearizableOptions>,
  startMs: number,
): Outcome[] {
  const outcomes = parts.map((part) => (special ? specially(part, model, context, startMs) : undefined));
  const declined = parts.filter((_, index) => outcomes[index] === undefined);
  const searched = searchAll(declined, model, context, reductions, startMs).values();
  return outcomes.map(
    (outcome) => outcome ?? { ...(searched.next().value as SearchResult), checker: SEARCH },
  );
}

function specially(
  part: Part,
  model: Model,
  { budget, nowMs }: CheckContext,
  startMs: number,
): Outcome | undefined {
  try {
    return decideSpecially(part, model, clockMeter(nowMs, startMs + budget.timeMs, budget.memoryBytes));
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    const progress = { position: 0, completions: part.rows.length, open: 0, configurations: 0 };
    return { verdict: "unknown", exhausted: error.exhausted, progress, checker: SEARCH };
  }
}

/** Of the time, what all objects together get in the first round. */
const FIRST_ROUND = 0.25;

/**
 * Two rounds over all objects: first each gets a small equal share of the time, which decides the easy ones; then the
 * others share the rest, each at most half of what is left, so that one hard object does not starve the next.
 */
function searchAll(
  parts: readonly Part[],
  model: Model,
  { budget, nowMs }: CheckContext,
  reductions: Reductions,
  startMs: number,
): SearchResult[] {
  const endMs = startMs + budget.timeMs;
  const run = (part: Part, timeMs: number) => {
    const { problem } = part.problem();
    const meter = clockMeter(nowMs, Math.min(endMs, nowMs() + timeMs), budget.memoryBytes);
    return search(problem, () => new Transitions(model, problem.classes, meter), meter, reductions);
  };
  const results = parts.map((part) =>
    run(part, parts.length === 1 ? budget.timeMs : (FIRST_ROUND * budget.timeMs) / parts.length),
  );
  let again = results.filter(ranOutOfTime).length;
  if (parts.length > 1) {
    for (const [index, part] of parts.entries()) {
      if (!ranOutOfTime(results[index] as SearchResult)) continue;
      const leftMs = endMs - nowMs();
      again--;
      results[index] = better(results[index] as SearchResult, run(part, again === 0 ? leftMs : leftMs / 2));
    }
  }
  return results;
}

function ranOutOfTime(result: SearchResult): boolean {
  return result.verdict === "unknown" && result.exhausted === "time";
}

/** The second try, unless it had less time and got less far. */
function better(first: SearchResult, second: SearchResult): SearchResult {
  return second.verdict === "unknown" && second.progress.configurations < first.progress.configurations
    ? first
    : second;
}
