import { narrow } from "./context.ts";
import type { Context, GeneratedOperation } from "./generator.ts";
import type { Thread, ThreadSet } from "./thread-set.ts";

/** Threads divided into groups that share none; some threads may be in no group. */
export interface ThreadGroups {
  readonly sets: readonly ThreadSet[];
  /** The group of a thread; absent where it is in none. */
  readonly groupOf: ReadonlyMap<Thread, number>;
}

export function threadGroups(sets: readonly ThreadSet[]): ThreadGroups {
  const groupOf = new Map<Thread, number>();
  for (const [group, set] of sets.entries()) for (const thread of set) groupOf.set(thread, group);
  return { sets, groupOf };
}

/** What one group has to offer: an operation and the state of the group once it is taken. */
export type GroupOffer<T> = { readonly operation: GeneratedOperation; readonly next: T } | "pending" | "done";

/** The soonest of what the groups offer, and the group that offers it. */
export interface ChosenGroup<T> {
  readonly group: number;
  readonly operation: GeneratedOperation;
  readonly next: T;
}

/**
 * Asks the groups, each in a context narrowed to its threads, and takes the soonest operation. The first to be asked
 * is that of a free thread drawn by chance, so that each group is asked first in proportion to its free threads;
 * an operation that can start now is taken at once. Done when all groups are.
 *
 * One group is asked where the first can start now; else O(groups (threads / 32 + its own cost)).
 */
export function askGroups<T>(
  context: Context,
  { sets, groupOf }: ThreadGroups,
  ask: (group: number, narrowed: Context) => GroupOffer<T>,
): ChosenGroup<T> | "pending" | "done" {
  let soonest: ChosenGroup<T> | undefined;
  let pending = false;
  const freeCount = context.free.size;
  if (freeCount > 0) {
    const drawn = context.free.at(context.random.int(freeCount)) as Thread;
    const first = groupOf.get(drawn) ?? 0;
    for (let step = 0; step < sets.length; step++) {
      const group = (first + step) % sets.length;
      const threads = sets[group] as ThreadSet;
      const free = context.free.intersect(threads);
      if (free.size === 0) continue;
      const offer = ask(group, narrow(context, threads, free));
      if (offer === "pending") pending = true;
      else if (offer !== "done" && (soonest?.operation.timeNs ?? Infinity) > offer.operation.timeNs) {
        soonest = { group, operation: offer.operation, next: offer.next };
        if (offer.operation.timeNs <= context.timeNs) return soonest;
      }
    }
  }
  if (soonest !== undefined) return soonest;
  return pending || hasMore(context, sets, ask) ? "pending" : "done";
}

/** Whether a group whose threads are all busy has more to do: it cannot offer now, but without it all is done. */
function hasMore<T>(
  context: Context,
  sets: readonly ThreadSet[],
  ask: (group: number, narrowed: Context) => GroupOffer<T>,
): boolean {
  return sets.some((threads, group) => {
    if (threads.size === 0) return false;
    const free = context.free.intersect(threads);
    return free.size === 0 && ask(group, narrow(context, threads, free)) !== "done";
  });
}
