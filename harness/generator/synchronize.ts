import type { Generator } from "./generator.ts";
import { sequence } from "./sequence.ts";

/** A generator that starts only at a moment at which all threads in view are free; pending until then. */
export function synchronize(generator: Generator): Generator {
  return {
    op(context) {
      if (context.free.size < context.threads.size) return "pending";
      return generator.op(context);
    },
    update(context, event) {
      const next = generator.update(context, event);
      return next === generator ? this : synchronize(next);
    },
  };
}

/**
 * One generator after the other, each starting once every operation of those before it has completed, so that a
 * thread that is busy for ever holds up the next phase for ever.
 */
export function phases(...generators: readonly Generator[]): Generator {
  return sequence(...generators.map(synchronize));
}
