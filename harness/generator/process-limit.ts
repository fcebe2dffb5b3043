import { requireCount } from "./argument.ts";
import type { Generator } from "./generator.ts";
import { oncePerThreads } from "./once-per-threads.ts";

/**
 * Ends before more than `count` distinct client processes have had a part. Every crashed operation (`info`) starts a
 * new process and stays concurrent with all that follows, which some checkers pay for dearly. All processes of the
 * threads in view count, from the first operation on, whether or not they have emitted: so it ends at once for all
 * threads and does not trickle out on those that have not crashed. Done at once with more client threads in view than
 * `count`.
 *
 * O(threads) per question.
 */
export function processLimit(count: number, generator: Generator): Generator {
  requireCount("processLimit", "a number of processes", count);
  return counting(count, 0, [], generator);
}

/** `seen`: the last process counted of each client thread; `used`: how many were counted in all. */
function counting(count: number, used: number, seen: readonly number[], generator: Generator): Generator {
  return {
    op(context) {
      let inUse = used;
      let known: number[] | undefined;
      for (const thread of clientThreads(context.threads)) {
        const process = context.processOf(thread) as number;
        if (seen[thread] === process) continue;
        known ??= [...seen];
        known[thread] = process;
        inUse++;
      }
      if (inUse > count) return "done";
      const offer = generator.op(context);
      if (typeof offer === "string") return offer;
      return { operation: offer.operation, next: counting(count, inUse, known ?? seen, offer.next) };
    },
    update(context, event) {
      const next = generator.update(context, event);
      return next === generator ? this : counting(count, used, seen, next);
    },
  };
}

const clientThreads = oncePerThreads((threads) => [...threads].filter((thread) => thread !== "nemesis"));
