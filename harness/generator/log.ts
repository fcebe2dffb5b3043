import type { Generator } from "./generator.ts";
import { nothing } from "./nothing.ts";
import { drawThread } from "./operation.ts";

/**
 * One line for the log of the run, written when a thread in view is free; then nothing. Takes no time, is not in the
 * history, and no generator hears of it.
 */
export function log(message: string): Generator {
  return {
    op(context) {
      const thread = drawThread(context);
      if (thread === "pending" || thread === "done") return thread;
      return { operation: { kind: "log", timeNs: context.timeNs, thread, message }, next: nothing };
    },
    update() {
      return this;
    },
  };
}
