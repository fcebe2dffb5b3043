import { UsageError } from "../errors.ts";
import { requireCount } from "./argument.ts";
import { narrow } from "./context.ts";
import type { Generator } from "./generator.ts";
import { oncePerThreads } from "./once-per-threads.ts";
import { askGroups, type ThreadGroups, threadGroups } from "./thread-groups.ts";
import { ThreadSet } from "./thread-set.ts";

/** A number of client threads and what they do. */
export type Reservation = readonly [clientThreads: number, generator: Generator];

/**
 * Client threads set aside: the first n of those in view, in ascending order, for the first generator, the next n for
 * the second, and so on; all others, and the nemesis where it is in view, for the last generator. Each sees its own
 * threads alone and hears of their events alone. "In view" makes it work inside any other combinator. Done when all
 * are; without threads in view, done.
 *
 * Errors: {@link UsageError} `reserve-too-many` when asked with fewer client threads in view than are reserved,
 * because a generator would be left out in silence.
 */
export function reserve(...given: readonly [...Reservation[], Generator]): Generator {
  const reservations = given.slice(0, -1) as Reservation[];
  const others = given.at(-1) as Generator;
  for (const [count] of reservations) requireCount("reserve", "a number of client threads", count);
  const counts = reservations.map(([count]) => count);
  const divide = oncePerThreads((threads) => division(threads, counts));
  return reserved(divide, [...reservations.map(([, generator]) => generator), others]);
}

function division(threads: ThreadSet, counts: readonly number[]): ThreadGroups {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > threads.clients) {
    throw new UsageError({
      code: "reserve-too-many",
      message: `reserve sets aside ${counts.join(" + ")} client threads where there are ${threads.clients}`,
      hint: `raise the concurrency, or reserve no more than ${threads.clients}`,
    });
  }
  const inOrder = [...threads];
  let start = 0;
  const sets = counts.map((count) => {
    const set = ThreadSet.of(inOrder.slice(start, start + count));
    start += count;
    return set;
  });
  return threadGroups([...sets, ThreadSet.of(inOrder.slice(start))]);
}

function reserved(divide: (threads: ThreadSet) => ThreadGroups, generators: readonly Generator[]): Generator {
  return {
    op(context) {
      if (context.threads.size === 0) return "done";
      const chosen = askGroups(context, divide(context.threads), (group, narrowed) =>
        (generators[group] as Generator).op(narrowed),
      );
      if (typeof chosen === "string") return chosen;
      return {
        operation: chosen.operation,
        next: reserved(divide, generators.with(chosen.group, chosen.next)),
      };
    },
    update(context, event) {
      if (!context.threads.has(event.thread)) return this;
      const groups = divide(context.threads);
      const group = groups.groupOf.get(event.thread) as number;
      const generator = generators[group] as Generator;
      const next = generator.update(narrow(context, groups.sets[group] as ThreadSet), event);
      return next === generator ? this : reserved(divide, generators.with(group, next));
    },
  };
}
