import { monotonicMs } from "../clock/monotonic.ts";
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

/** What a checker gets from somebody who asks for nothing else: a minute, and 1 GiB. */
export const DEFAULT_BUDGET: Budget = { timeMs: 60_000, memoryBytes: 2 ** 30 };

export interface CheckContext {
  readonly budget: Budget;
  /** A monotonic clock in milliseconds. */
  readonly nowMs: () => number;
}

/** Of a context what somebody wants to choose. */
export interface CheckSettings {
  readonly budget?: Partial<Budget>;
  readonly nowMs?: CheckContext["nowMs"];
}

/** The whole context: {@link DEFAULT_BUDGET} and the clock of the machine where nothing else was chosen. */
export function checkContext({ budget, nowMs = monotonicMs }: CheckSettings = {}): CheckContext {
  return { budget: { ...DEFAULT_BUDGET, ...budget }, nowMs };
}

/** Decides one question about a history. Pure: the history goes in, the result comes out. */
export interface Checker {
  readonly name: string;
  check(history: History, settings?: CheckSettings): CheckResult;
}
