import type { Generator } from "./generator.ts";

/**
 * A generator that is made when it is first asked while a thread is free, and only once: for what is not known when
 * the run is put together, such as the keys that final reads must cover. It hears events from its first operation on.
 */
export function deferred(make: () => Generator): Generator {
  let made: Generator | undefined;
  return {
    op(context) {
      // Whether it is made already must not show, or the first of two equal runs would differ from the second.
      if (context.free.size === 0) return context.threads.size === 0 ? "done" : "pending";
      made ??= make();
      return made.op(context);
    },
    update() {
      return this;
    },
  };
}
