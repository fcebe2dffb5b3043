import type { History } from "../history/history.ts";
import type { CheckResult } from "./verdict.ts";

/** How much a checker may spend. What it cannot decide within that is `unknown`. */
export interface Budget {
  /** Wall clock, in milliseconds. */
  readonly timeMs: number;
  /** Working memory of the search, in bytes. */
  readonly memoryBytes: number;
  /** Configurations that the search of one object may enter. Default: as many as time and memory allow. */
  readonly configurations?: number;
}

export interface CheckContext {
  readonly budget: Budget;
  /** A monotonic clock in milliseconds. */
  readonly nowMs: () => number;
}

/** Decides one question about a history. Pure: the history goes in, the result comes out. */
export interface Checker {
  readonly name: string;
  check(history: History, context: CheckContext): CheckResult;
}
