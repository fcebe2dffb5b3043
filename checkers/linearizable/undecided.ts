import type { Budget } from "../../harness/ports/checker.ts";
import type { Reason } from "../../harness/ports/verdict.ts";
import type { Exhausted } from "./meter.ts";
import type { Part } from "./preparation/prepare.ts";
import type { SearchResult } from "./search/search.ts";

/** An object that no verdict was found for. */
export interface Undecided {
  readonly part: Pick<Part, "key">;
  readonly result: SearchResult & { verdict: "unknown" };
}

/** Objects that are named each by itself; of the rest, their number. */
const NAMED = 5;

/** Why there is no verdict on some objects: how far the search got on each, and what to change. */
export function undecided(open: readonly Undecided[], budget: Budget): Reason[] {
  const reasons = open.slice(0, NAMED).map(({ part, result }): Reason => {
    const { position, completions, open: openCount, configurations } = result.progress;
    const where = part.key === undefined ? "" : `key ${part.key}: `;
    const isShared = result.exhausted === "time" || result.exhausted === "steps";
    const forAll = part.key === undefined || !isShared ? "" : " for all keys";
    return {
      ...cure(result.exhausted, budget),
      message:
        `${where}no verdict within ${spent(result.exhausted, budget)}${forAll}: placed ${count(position)} of ` +
        `${count(completions)} completions, operations open there: ${count(openCount)}, ` +
        `${count(configurations)} configurations seen`,
    };
  });
  if (open.length > NAMED) {
    const last = open[NAMED] as Undecided;
    reasons.push({
      ...cure(last.result.exhausted, budget),
      message: `${count(open.length - NAMED)} more keys without a verdict, the smallest of them ${last.part.key}`,
    });
  }
  return reasons;
}

/** Why there is no verdict on a history that is decided as a whole. `progress`: how far it got. */
export function budgetReason(exhausted: Exhausted, budget: Budget, progress?: string): Reason {
  return {
    ...cure(exhausted, budget),
    message: `no verdict within ${spent(exhausted, budget)}${progress === undefined ? "" : `: ${progress}`}`,
  };
}

function spent(exhausted: Exhausted, { memoryBytes, timeMs, configurations = 0 }: Budget): string {
  if (exhausted === "memory") return `${(memoryBytes / 2 ** 20).toFixed(1)} MiB`;
  if (exhausted === "configurations") return `${count(configurations)} configurations`;
  return `${(timeMs / 1000).toFixed(1)} s`;
}

function cure(exhausted: Exhausted, budget: Budget): Omit<Reason, "message"> {
  const workload =
    "or make the history easier to decide: more keys, fewer clients on each, values that are written only once";
  const now = spent(exhausted, budget);
  if (exhausted === "memory") {
    return { code: "budget-memory", hint: `raise the memory budget (now ${now}), ${workload}` };
  }
  if (exhausted === "configurations") {
    return {
      code: "budget-configurations",
      hint: `raise the budget of configurations (now ${now}), ${workload}`,
    };
  }
  return { code: "budget-time", hint: `raise the time budget (now ${now}), ${workload}` };
}

/** `1,203,944`: digits in groups, the same everywhere. */
function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
