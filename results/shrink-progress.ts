import type { ProgressOutput } from "./progress.ts";

const REDRAW_EVERY_MS = 100;

/**
 * Tells people how the shrinking of a run goes: each smaller run in a line, and on a terminal how many were tried.
 * `nowMs`: a monotonic clock.
 */
export function shrinkProgress(output: ProgressOutput, nowMs: () => number, budget: number) {
  const startMs = nowMs();
  let drawnMs = startMs;
  let runs = 0;
  let size = "";
  const elapsed = () => `${((nowMs() - startMs) / 1_000).toFixed(1)} s`;
  const line = (text: string) => output.write(output.live ? `\r\x1b[2K${text}\n` : `${text}\n`);
  return {
    line,
    run(count: number): void {
      runs = count;
      if (!output.live || nowMs() - drawnMs < REDRAW_EVERY_MS) return;
      drawnMs = nowMs();
      output.write(`\r\x1b[2K  ${elapsed()}  ${runs} of ${budget} runs  ${size}`);
    },
    smaller(description: string): void {
      if (description === size) return;
      size = description;
      line(`  ${elapsed().padStart(8)}  ${String(runs).padStart(6)} runs  ${description}`);
    },
    end(): void {
      line(`  ${elapsed().padStart(8)}  ${String(runs).padStart(6)} runs, done`);
    },
  };
}
