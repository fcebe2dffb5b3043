import type { ModelOptions } from "../../../models/index.ts";
import type { Meter } from "../../meter.ts";
import type { ObjectHistory } from "../../preparation/objects.ts";
import { DeadlineHeap } from "../deadline-heap.ts";
import { byCompletion, extentsOf, valid, watch } from "../extents.ts";
import type { SpecialChecker, SpecialDecision } from "../special-checker.ts";
import { permitViolation } from "./permit-violations.ts";

/**
 * The mutex that anybody may release and the semaphore, on every history. There are two kinds of operations, each
 * interchangeable among themselves.
 *
 * Effects can be put off until an operation o completes, and then only a sequence that ends with o has to come. If o is possible,
 * it alone is enough: let any legal sequence come that has o later. If one of o's kind comes before o in it, o and the first such
 * one change places; it was invoked, and is due after o. If none does, only operations of the other kind come before
 * o, and o can come first: possible now, it changes the number of permits in the direction in which those leave more room.
 * If o is not possible, all permits are taken (or free), and the sequence begins with one of the other kind. Let that be e, the
 * one of those that is due first: it changes places with the first, or where e is never used, no other that has to be used
 * was there, as e crashed. Then o is possible. So going through the completions in order, with no choice anywhere, is exact.
 *
 * Cost: O(n log n).
 */
export const permits: SpecialChecker = {
  name: "permits",
  models: ["mutex", "semaphore"],
  decide(object, options, meter) {
    return decide(object, options, meter);
  },
};

function decide({ history, rows, key }: ObjectHistory, options: ModelOptions, meter: Meter): SpecialDecision {
  const extents = extentsOf({ history, rows, key }, meter);
  const { size, call, ret } = extents;
  meter.allocate(33 * size);
  // A mutex has no option, and one permit.
  const total = (options.init ?? 1) as number;
  const acquire = history.names.functions.indexOf("acquire");
  const isAcquire = new Uint8Array(size);
  for (let at = 0; at < size; at++) isAcquire[at] = history.columns.f[rows[at] as number] === acquire ? 1 : 0;
  const waiting = [new DeadlineHeap(ret), new DeadlineHeap(ret)] as const;
  const heapOf = (kind: number) => (kind === 1 ? waiting[1] : waiting[0]);
  const order = new Int32Array(size);
  const dueFor = new Int32Array(size);
  const done = new Uint8Array(size);
  let length = 0;
  let held = 0;
  let next = 0;
  const take = (operation: number, due: number) => {
    done[operation] = 1;
    dueFor[length] = due;
    order[length++] = operation;
    held += isAcquire[operation] === 1 ? 1 : -1;
  };
  const completions = byCompletion(extents);
  for (let round = 0; round < completions.length; round++) {
    watch(meter, round);
    const due = completions[round] as number;
    for (; next < size && (call[next] as number) < (ret[due] as number); next++) {
      heapOf(isAcquire[next] as number).push(next);
    }
    if (done[due] === 1) continue;
    const kind = isAcquire[due] as number;
    if (held === (kind === 1 ? total : 0)) {
      const other = heapOf(1 - kind).pop();
      if (other === -1) return permitViolation({ extents, isAcquire, order, dueFor, length }, due, total);
      take(other, due);
    }
    // Of its kind it is the one that is due first.
    take(heapOf(kind).pop(), due);
  }
  return valid(extents, () => order.slice(0, length));
}
