import type { Json, Key } from "../history/operation.ts";
import { requireDuration } from "./argument.ts";
import type { Generator } from "./generator.ts";
import { nothing } from "./nothing.ts";
import { invokeOperation } from "./operation.ts";
import { Slots } from "./slots.ts";
import type { Thread } from "./thread-set.ts";

/** One operation of a recorded load. */
export interface ScriptedOperation {
  /** Not before this, counted from the start of the script. */
  readonly timeNs: number;
  /** The client thread that invokes it. */
  readonly thread: number;
  readonly f: string;
  readonly key?: Key;
  readonly value: Json;
}

/**
 * Operations by a timetable, each on its thread: a recorded load, again. One that comes due while its thread is busy
 * starts as soon as that is free; a thread keeps to its own order, and none of its operations is left out, but those of
 * threads that are not in view. The nemesis has no part.
 *
 * The script starts with its first operation, a sleep of 0 ns that stands in no history and fixes the origin of the
 * times, as in `schedule`. Cost: O(threads) a question.
 */
export function script(operations: readonly ScriptedOperation[]): Generator {
  for (const each of operations) requireDuration(`the operation ${each.f} of a script`, each.timeNs);
  if (operations.length === 0) return nothing;
  const byThread = new Map<number, ScriptedOperation[]>();
  for (const each of operations.toSorted((a, b) => a.timeNs - b.timeNs)) {
    const queue = byThread.get(each.thread);
    if (queue === undefined) byThread.set(each.thread, [each]);
    else queue.push(each);
  }
  const queues = [...byThread];
  return {
    op({ threads, free, timeNs }) {
      const clients = free.without("nemesis");
      if (clients.size === 0) return threads.without("nemesis").size === 0 ? "done" : "pending";
      return {
        operation: { kind: "sleep", timeNs, thread: clients.at(0) as Thread, durationNs: 0 },
        next: remaining(queues, timeNs, Slots.empty()),
      };
    },
    update() {
      return this;
    },
  };
}

type Queue = readonly [thread: number, operations: readonly ScriptedOperation[]];

/** `taken`: how many operations of each queue are gone. */
function remaining(queues: readonly Queue[], originNs: number, taken: Slots<number>): Generator {
  return {
    op({ threads, free, timeNs }) {
      let chosen = -1;
      let soonestNs = Number.POSITIVE_INFINITY;
      let pending = false;
      for (const [number, [thread, operations]] of queues.entries()) {
        const next = operations[taken.at(number) ?? 0];
        if (next === undefined || !threads.has(thread)) continue;
        if (!free.has(thread)) pending = true;
        else if (next.timeNs < soonestNs) {
          chosen = number;
          soonestNs = next.timeNs;
        }
      }
      const queue = queues[chosen];
      if (queue === undefined) return pending ? "pending" : "done";
      const [thread, operations] = queue;
      const position = taken.at(chosen) ?? 0;
      const atNs = Math.max(timeNs, originNs + Math.ceil(soonestNs));
      return {
        operation: invokeOperation(operations[position] as ScriptedOperation, atNs, thread),
        next: remaining(queues, originNs, taken.with(chosen, position + 1)),
      };
    },
    update() {
      return this;
    },
  };
}
