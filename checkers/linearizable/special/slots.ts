import type { Meter } from "../meter.ts";
import { NEVER } from "../preparation/problem.ts";
import { byPlace, outOfOrder } from "./chain.ts";
import { DeadlineHeap } from "./deadline-heap.ts";
import { type Extents, watch } from "./extents.ts";

/** The place of an operation that may fill any slot, or none. */
export const FREE = -1;
/** The place of an operation that takes no part. */
export const LEFT_OUT = -2;

/**
 * Updates that take slots 1, 2, 3, …, one after the other, and operations that saw how many were taken.
 */
export interface SlotProblem {
  /**
   * By operation: 2k for the update that is known to have taken slot k, at most one for each; 2k + 1 for an operation without
   * an effect that came when k were taken; {@link FREE}; {@link LEFT_OUT}.
   */
  readonly places: Int32Array;
  /** Slots that somebody saw taken: all of them have to be filled, and as many more as there are updates may be. */
  readonly slots: number;
  readonly extents: Extents;
}

export type SlotAnswer =
  /** In order of effect: the operations with a place, and the free ones that are used. */
  | { readonly kind: "filled"; order(): Int32Array }
  /** Real time turns round two operations whose order is known. */
  | { readonly kind: "turned"; readonly earlier: number; readonly later: number }
  /** Of the free updates invoked before `observer` ended, and the placed ones, there are fewer than it saw. */
  | { readonly kind: "missing"; readonly observer: number }
  /**
   * Too many updates have to come before `observer`: those that completed before it began, and were invoked after `floor`
   * had ended. `floor` is -1 where that is the beginning. `late` is one of them.
   */
  | { readonly kind: "overdue"; readonly observer: number; readonly floor: number; readonly late: number };

/**
 * Fills the slots with free updates, if there is a way that agrees with real time.
 *
 * A total order extends real time if and only if no operation ended before one began that precedes it in the order.
 * Among the operations with a place that is a test of one chain. A free update f in slot k must have begun before
 * L(k), the first end of all that comes after slot k, and must end after E(k), the last beginning of all that comes before
 * it; L and E grow with k, so that f fits into an interval of slots. Two free updates that real time turns round may change
 * places, as the interval of each then has both slots. So what remains is to match updates with intervals of slots, where
 * completed updates and the slots up to the last are to be matched and crashed ones need not: going through the slots in
 * order and taking of the updates that fit the one that is due first is exact (Glover, Naval Research Logistics
 * Quarterly 14(3), 1967), and an end later than all slots comes to a slot beyond the last.
 *
 * Cost: O(n log n).
 */
export function fillSlots({ places, slots, extents }: SlotProblem, meter: Meter): SlotAnswer {
  meter.allocate(4 * (5 * extents.size + 3 * slots));
  const { call, ret } = extents;
  const chain = byPlace(places, 2 * slots + 2);
  const pair = outOfOrder(chain, extents, meter);
  if (pair !== undefined) return { kind: "turned", ...pair };

  const endsFirst = firstEnds(chain, ret);
  const filling = new Int32Array(slots + 1);
  const heap = new DeadlineHeap(ret);
  let at = 0;
  let lastCall = -1;
  let next = 0;
  const offer = (before: number) => {
    for (; next < extents.size && (call[next] as number) < before; next++) {
      if (places[next] === FREE) heap.push(next);
    }
  };
  const passChainTo = (place: number) => {
    for (; at < chain.length && (places[chain[at] as number] as number) < place; at++) {
      lastCall = Math.max(lastCall, call[chain[at] as number] as number);
    }
  };
  const overdue = (late: number) => whatIsOverdue(late, chain, places, filling, endsFirst, extents);

  for (let slot = 1; slot <= slots; slot++) {
    watch(meter, slot);
    passChainTo(2 * slot);
    if (at < chain.length && places[chain[at] as number] === 2 * slot) {
      filling[slot] = chain[at] as number;
      continue;
    }
    const observer = endsFirst[at] as number;
    offer(observer === -1 ? NEVER : (ret[observer] as number));
    const filler = heap.pop();
    if (filler === -1) return { kind: "missing", observer };
    if ((ret[filler] as number) < lastCall) return overdue(filler);
    filling[slot] = filler;
  }
  passChainTo(2 * slots + 2);
  offer(NEVER);
  const first = heap.top();
  if (first !== -1 && (ret[first] as number) < lastCall) return overdue(first);
  return { kind: "filled", order: () => inOrder(chain, places, filling, extents) };
}

/** For each position of a chain, and one more: which operation from there on ends first, or -1. */
function firstEnds(chain: Int32Array, ret: Int32Array): Int32Array {
  const first = new Int32Array(chain.length + 1).fill(-1);
  for (let at = chain.length - 1; at >= 0; at--) {
    const operation = chain[at] as number;
    const after = first[at + 1] as number;
    first[at] = after !== -1 && (ret[after] as number) < (ret[operation] as number) ? after : operation;
  }
  return first;
}

/**
 * Who makes it impossible to place `late`. The observer is the first of the chain that began after `late` had ended. The slots
 * up to it are full, and each back to `bottom` with an update that is due before the observer begins: when `bottom` was
 * filled with one that is not, none of those had begun before `floor` ended. (Hall's condition fails on them.)
 */
function whatIsOverdue(
  late: number,
  chain: Int32Array,
  places: Int32Array,
  filling: Int32Array,
  endsFirst: Int32Array,
  { call, ret }: Extents,
): SlotAnswer {
  const lateRet = ret[late] as number;
  const observer = chain.find((operation) => (call[operation] as number) > lateRet) as number;
  const begun = call[observer] as number;
  let bottom = (places[observer] as number) >> 1;
  if (places[observer] === 2 * bottom) bottom--;
  const isFree = (slot: number) => places[filling[slot] as number] === FREE;
  while (bottom > 0 && !(isFree(bottom) && (ret[filling[bottom] as number] as number) > begun)) bottom--;
  const above =
    bottom === 0 ? -1 : chain.findIndex((operation) => (places[operation] as number) > 2 * bottom);
  return { kind: "overdue", observer, late, floor: above === -1 ? -1 : (endsFirst[above] as number) };
}

function inOrder(chain: Int32Array, places: Int32Array, filling: Int32Array, { size, ret }: Extents) {
  const order = new Int32Array(size);
  const used = new Uint8Array(size);
  let length = 0;
  const take = (operation: number) => {
    if (used[operation] === 1) return;
    used[operation] = 1;
    order[length++] = operation;
  };
  let at = 0;
  for (let slot = 0; slot < filling.length; slot++) {
    if (slot > 0) take(filling[slot] as number);
    for (; at < chain.length && (places[chain[at] as number] as number) <= 2 * slot + 1; at++) {
      take(chain[at] as number);
    }
  }
  for (let operation = 0; operation < size; operation++) {
    if (places[operation] === FREE && ret[operation] !== NEVER) take(operation);
  }
  return order.slice(0, length);
}
