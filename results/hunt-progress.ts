import type { ProgressOutput } from "./progress.ts";

/** What is told of a hunt while it goes. */
export interface HuntCount {
  /** Seeds done, of how many at most. */
  readonly done: number;
  readonly seeds: number;
  readonly invalid: number;
  readonly unknown: number;
  /** Distinct states of the protocol, and of faults in force together, that were seen. */
  readonly states: number;
  readonly combinations: number;
}

const REDRAW_EVERY_MS = 100;
/** On no terminal, a line so often: a log of an hour stays readable. */
const LINE_EVERY_MS = 10_000;

/**
 * Tells people how a hunt goes: one line that is redrawn on a terminal, elsewhere a line now and then. `nowMs`: a
 * monotonic clock.
 */
export function huntProgress(output: ProgressOutput, nowMs: () => number) {
  const startMs = nowMs();
  let toldMs = startMs;
  let before = 0;
  const describe = (count: HuntCount): string => {
    const elapsedMs = nowMs() - startMs;
    // Of this sitting alone: what an earlier one did took another time.
    const rate = elapsedMs <= 0 ? 0 : ((count.done - before) * 1_000) / elapsedMs;
    const parts = [
      `${(elapsedMs / 1_000).toFixed(1)} s`,
      `${count.done} of ${count.seeds} seeds`,
      `${rate.toFixed(1)}/s`,
      `${count.invalid} invalid`,
      `${count.unknown} unknown`,
      `${count.states} protocol states`,
      `${count.combinations} fault combinations`,
    ];
    return parts.join("  ");
  };
  return {
    begin(count: HuntCount): void {
      before = count.done;
    },
    seed(count: HuntCount): void {
      const now = nowMs();
      if (now - toldMs < (output.live ? REDRAW_EVERY_MS : LINE_EVERY_MS)) return;
      toldMs = now;
      output.write(output.live ? `\r\x1b[2K  ${describe(count)}` : `${describe(count)}\n`);
    },
    /** A line that stays. */
    line(text: string): void {
      output.write(output.live ? `\r\x1b[2K${text}\n` : `${text}\n`);
    },
    end(count: HuntCount): void {
      output.write(output.live ? `\r\x1b[2K  ${describe(count)}\n` : `${describe(count)}\n`);
    },
  };
}
