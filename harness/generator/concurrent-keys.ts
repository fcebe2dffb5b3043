import { UsageError } from "../errors.ts";
import type { Key } from "../history/operation.ts";
import { requireCount } from "./argument.ts";
import { narrow } from "./context.ts";
import type { Context, GeneratedOperation, Generator } from "./generator.ts";
import { oncePerThreads } from "./once-per-threads.ts";
import { Slots } from "./slots.ts";
import { askGroups, type GroupOffer, type ThreadGroups, threadGroups } from "./thread-groups.ts";
import { ThreadSet } from "./thread-set.ts";

export interface KeyedLoad {
  /** The key at an ordinal from 0; each ordinal another key. */
  readonly keys: (ordinal: number) => Key;
  /** What is done with one key. Pure, like every function of a generator: it may be called again for the same key. */
  readonly generatorFor: (key: Key, ordinal: number) => Generator;
  /** How many keys there are; without end where absent. */
  readonly keyCount?: number;
}

export interface ConcurrentKeys extends KeyedLoad {
  /** How many keys are worked on at a time, at least 1. */
  readonly groups: number;
}

/** So many keys in a row with nothing to do mean that all have nothing. */
const EMPTY_KEYS_LIMIT = 1_000;

/**
 * Many small histories, one for each key, at the same time. The client threads in view are divided into `groups`
 * blocks of consecutive threads, as even as can be (the first blocks get the remainder; with fewer threads than
 * groups, each thread is a group). Blocks are consecutive because thread t talks to node t mod n: a block of n
 * threads has one at each node.
 *
 * A group works on one key until that key's generator is done, then on the next key that no group has taken; no key is
 * worked on by two groups. Every operation gets the key. A key's generator sees the threads of its group, and hears of
 * the events of its own key alone: an operation on the group's former key may still be under way. The nemesis has no
 * part. Done when the keys are used up, or when 1,000 keys in a row have nothing to do; without clients, done.
 *
 * Cost: as {@link askGroups}: one group is asked where that has an operation that can start now.
 * Errors: {@link UsageError} `bad-generator` for a number of groups below 1.
 * As `jepsen.independent/concurrent-generator`, without its demand that groups are of equal size.
 */
export function concurrentKeys(load: ConcurrentKeys): Generator {
  if (!Number.isSafeInteger(load.groups) || load.groups < 1) {
    throw new UsageError({
      code: "bad-generator",
      message: `concurrentKeys takes a whole number of groups of at least 1, not ${load.groups}`,
    });
  }
  requireCount("concurrentKeys", "a number of keys", load.keyCount ?? 0);
  const divide = oncePerThreads((threads) => consecutiveBlocks(threads, load.groups));
  return keyed({ divide, load, begin: beginner(load) }, 0, Slots.empty());
}

/** As {@link concurrentKeys}, with all client threads working on one key at a time. */
export function sequentialKeys(load: KeyedLoad): Generator {
  return concurrentKeys({ ...load, groups: 1 });
}

/** What a group does. */
interface KeyWork {
  readonly ordinal: number;
  readonly key: Key;
  readonly generator: Generator;
}

interface Plan {
  readonly divide: (threads: ThreadSet) => ThreadGroups;
  readonly load: KeyedLoad;
  readonly begin: (ordinal: number) => KeyWork;
}

function consecutiveBlocks(threads: ThreadSet, wanted: number): ThreadGroups {
  const inOrder = [...threads.without("nemesis")];
  const count = Math.min(wanted, inOrder.length);
  const bound = (group: number) =>
    group * Math.floor(inOrder.length / count) + Math.min(group, inOrder.length % count);
  return threadGroups(
    Array.from({ length: count }, (_, group) => ThreadSet.of(inOrder.slice(bound(group), bound(group + 1)))),
  );
}

/** Remembers the last key begun: while no operation of it is taken, the same key is begun at each question. */
function beginner({ keys, generatorFor }: KeyedLoad): (ordinal: number) => KeyWork {
  let last: KeyWork | undefined;
  return (ordinal) => {
    if (last?.ordinal !== ordinal) {
      const key = keys(ordinal);
      last = { ordinal, key, generator: generatorFor(key, ordinal) };
    }
    return last;
  };
}

/** `unused`: the ordinal of the first key that no group has taken. */
function keyed(plan: Plan, unused: number, work: Slots<KeyWork>): Generator {
  function ask(group: number, context: Context): GroupOffer<KeyWork> {
    const current = work.at(group);
    const offer = current === undefined ? "done" : offerOf(current, context);
    return offer === "done" ? offerOfNextKey(plan, unused, context) : offer;
  }
  return {
    op(context) {
      const chosen = askGroups(context, plan.divide(context.threads), ask);
      if (typeof chosen === "string") return chosen;
      const { group, operation, next } = chosen;
      return { operation, next: keyed(plan, Math.max(unused, next.ordinal + 1), work.with(group, next)) };
    },
    update(context, event) {
      const groups = plan.divide(context.threads);
      const group = groups.groupOf.get(event.thread);
      const current = group === undefined ? undefined : work.at(group);
      if (group === undefined || current === undefined || event.key !== current.key) return this;
      const generator = current.generator.update(narrow(context, groups.sets[group] as ThreadSet), event);
      if (generator === current.generator) return this;
      return keyed(plan, unused, work.with(group, { ...current, generator }));
    },
  };
}

function offerOf(work: KeyWork, context: Context): GroupOffer<KeyWork> {
  const offer = work.generator.op(context);
  if (typeof offer === "string") return offer;
  const { ordinal, key } = work;
  return { operation: withKey(offer.operation, key), next: { ordinal, key, generator: offer.next } };
}

function offerOfNextKey({ load, begin }: Plan, unused: number, context: Context): GroupOffer<KeyWork> {
  const end = Math.min(load.keyCount ?? Number.POSITIVE_INFINITY, unused + EMPTY_KEYS_LIMIT);
  for (let ordinal = unused; ordinal < end; ordinal++) {
    const offer = offerOf(begin(ordinal), context);
    if (offer !== "done") return offer;
  }
  return "done";
}

function withKey(operation: GeneratedOperation, key: Key): GeneratedOperation {
  if (operation.kind !== "invoke") return operation;
  // Written out: a spread costs as much as all the rest of a question.
  const { kind, timeNs, thread, f, value } = operation;
  return { kind, timeNs, thread, f, key, value };
}
