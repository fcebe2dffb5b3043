import type { HistoryEvent } from "../history/operation.ts";

/** The phases of a run, in order. */
export type Phase = "start" | "load" | "recovery" | "stop" | "check";

/**
 * Someone who tells people or programs how a run goes. Every hook is optional; none can change the verdict: what a
 * reporter throws is reported as a warning and nothing more.
 */
export interface Reporter {
  onPhase?(phase: Phase, timeNs: number): void;
  onEvent?(event: HistoryEvent): void;
  /** A line for people: what the target or the nemesis is doing. */
  onLog?(message: string): void;
}
