import type { Generator } from "./generator.ts";
import { nothing } from "./nothing.ts";
import { ThreadSet } from "./thread-set.ts";

/**
 * The generator until one of its own operations completes with `ok`, or until it is done. Operations of others on the
 * same threads do not count; its own ones that are under way at the end are left to complete.
 */
export function untilOk(generator: Generator): Generator {
  return awaiting(ThreadSet.of([]), generator);
}

/** `own`: the threads that are busy with an operation of this generator. */
function awaiting(own: ThreadSet, generator: Generator): Generator {
  return {
    op(context) {
      const offer = generator.op(context);
      if (typeof offer === "string") return offer;
      const { operation, next } = offer;
      return {
        operation,
        next: awaiting(operation.kind === "invoke" ? own.with(operation.thread) : own, next),
      };
    },
    update(context, event) {
      const completed = event.type !== "invoke" && own.has(event.thread);
      if (completed && event.type === "ok") return nothing;
      const left = completed ? own.without(event.thread) : own;
      const next = generator.update(context, event);
      return next === generator && left === own ? this : awaiting(left, next);
    },
  };
}
