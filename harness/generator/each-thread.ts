import { narrow } from "./context.ts";
import type { Generator } from "./generator.ts";
import { oncePerThreads } from "./once-per-threads.ts";
import { Slots } from "./slots.ts";
import { askGroups, threadGroups } from "./thread-groups.ts";
import { ThreadSet } from "./thread-set.ts";

/**
 * An independent copy of a generator for each thread in view, the nemesis included where it is in view. A copy sees
 * its own thread alone and hears of its events alone. Done when all copies are; without threads, done.
 */
export function eachThread(generator: Generator): Generator {
  return copies(generator, Slots.empty());
}

const singles = oncePerThreads((threads) =>
  threadGroups([...threads].map((thread) => ThreadSet.of([thread]))),
);

/** `started`: the copies that have moved on from the original, by rank of their thread in view. */
function copies(original: Generator, started: Slots<Generator>): Generator {
  return {
    op(context) {
      const chosen = askGroups(context, singles(context.threads), (rank, narrowed) =>
        (started.at(rank) ?? original).op(narrowed),
      );
      if (typeof chosen === "string") return chosen;
      return { operation: chosen.operation, next: copies(original, started.with(chosen.group, chosen.next)) };
    },
    update(context, event) {
      const { sets, groupOf } = singles(context.threads);
      const rank = groupOf.get(event.thread);
      if (rank === undefined) return this;
      const copy = started.at(rank) ?? original;
      const next = copy.update(narrow(context, sets[rank] as ThreadSet), event);
      return next === copy ? this : copies(original, started.with(rank, next));
    },
  };
}
