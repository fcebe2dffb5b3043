import { requireDuration } from "./argument.ts";
import type { Generator } from "./generator.ts";
import { nothing } from "./nothing.ts";
import { drawThread } from "./operation.ts";

/**
 * Keeps one thread in view busy for `durationNs`; then nothing. The other threads go on: for a pause of all, see
 * {@link phases}. Not in the history, and no generator hears of it.
 */
export function sleep(durationNs: number): Generator {
  requireDuration("sleep", durationNs);
  const wholeNs = Math.ceil(durationNs);
  return {
    op(context) {
      const thread = drawThread(context);
      if (thread === "pending" || thread === "done") return thread;
      const { timeNs } = context;
      return { operation: { kind: "sleep", timeNs, thread, durationNs: wholeNs }, next: nothing };
    },
    update() {
      return this;
    },
  };
}
