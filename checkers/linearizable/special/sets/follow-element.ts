import type { Meter } from "../../meter.ts";
import { type ElementOperations, Kind } from "./element-operations.ts";

/** One way in which an element can have come and gone. */
export interface Way {
  /** The changes, in order, and the instant of each. */
  readonly changes: readonly number[];
  readonly instants: readonly number[];
}

export type Followed =
  /** `states`: whether the element can be in (1) or out (0) at the end, as far as completions need it. */
  | { readonly way: Way; readonly states: readonly number[] }
  /** The completion of `operation` has no place, at that instant. */
  | { readonly stuck: number }
  | { readonly declined: string };

/** Changes that can be open at a time: the bits of a small integer, less one for the state. */
const MOST_OPEN = 30;
/** Ways that are followed at a time. */
const MOST_WAYS = 1024;

/** A way up to some completion: the last change of it, and the way before that. */
interface Step {
  readonly before: Step | undefined;
  readonly change: number;
  readonly instant: number;
}

/**
 * Follows all ways in which one element can come and go, completion by completion.
 *
 * A way is at any time no more than: whether the element is in, which of the open changes have happened, and when the element
 * was last not as it is now. What has only to see the element in, or out, is answered when it completes: the element is so
 * then, or was so at or after its invocation. An operation that may have changed something and may not is the same, and
 * may be used as a change too. Of equal ways, one that was the other way round later can do whatever the other can.
 *
 * Changes happen only when a completion needs them. What else happens by then can happen afterwards as well, just
 * before the next; unless it uses the very operation that completes now, which is tried too. Among changes of one
 * kind the one that completes first goes first, as any two that are open can be exchanged.
 *
 * Cost: O(n·w) for w ways at a time; with k changes open there are at most 2^(k + 1), and in practice a few.
 */
export function followElement(operations: ElementOperations, meter: Meter): Followed {
  const { instants, kind, present } = operations;
  const { call, ret, count } = instants;
  const completions = completionOrder(operations);
  const slotOf = new Int32Array(call.length).fill(-1);
  let freeSlots = (1 << MOST_OPEN) - 1;
  /** Open changes, those that complete first at the head; crashed ones last. */
  const open: number[] = [];
  let called = 0;
  // By which open changes have happened, and whether the element is in: when it was last otherwise, and how it came so.
  let ways = new Map<number, { last: number; step: Step | undefined }>([[0, { last: -1, step: undefined }]]);
  for (const completing of completions) {
    const instant = ret[completing] as number;
    for (; called < call.length && (call[called] as number) <= instant; called++) {
      if (kind[called] === Kind.sees) continue;
      if (freeSlots === 0)
        return { declined: `more than ${MOST_OPEN} changes of one element are open at a time` };
      const slot = 31 - Math.clz32(freeSlots);
      freeSlots &= ~(1 << slot);
      slotOf[called] = slot;
      let at = open.length;
      while (at > 0 && (ret[open[at - 1] as number] as number) > (ret[called] as number)) at--;
      open.splice(at, 0, called);
    }
    const wanted = present[completing] as number;
    const slot = slotOf[completing] as number;
    const bit = slot === -1 ? 0 : 2 << slot;
    const next: typeof ways = new Map();
    const keep = (key: number, last: number, step: Step | undefined) => {
      const known = next.get(key & ~bit);
      if (known === undefined || known.last < last) next.set(key & ~bit, { last, step });
    };
    const seen = new Map<number, number>();
    const pending = [...ways].map(([key, { last, step }]) => ({ key, last, step, extra: false }));
    for (let way = pending.pop(); way !== undefined; way = pending.pop()) {
      const { key, last, step } = way;
      const stateOfSearch = 2 * key + (way.extra ? 1 : 0);
      const known = seen.get(stateOfSearch);
      if (known !== undefined && known >= last) continue;
      seen.set(stateOfSearch, last);
      if (seen.size > MOST_WAYS) return { declined: "an element can have come and gone in too many ways" };
      const state = key & 1;
      const happened = (key & bit) !== 0;
      const wasSo = state === wanted || last >= (call[completing] as number);
      const answered = happened || (kind[completing] !== Kind.changes && wasSo);
      if (answered && (happened || !way.extra)) keep(key, last, step);
      if (happened || (answered && kind[completing] === Kind.sees)) continue;
      // Answered, but it may change something first: one change the other way makes room for it, no more is needed.
      const extra = way.extra || answered;
      let tried = 0;
      for (const change of open) {
        const its = 2 << (slotOf[change] as number);
        if (present[change] === state || (key & its) !== 0) continue;
        if (extra && state !== wanted && change !== completing) continue;
        // The first of those that must change something, of those that may, and of those that crashed.
        const group = ret[change] === count ? 4 : kind[change] === Kind.changes ? 1 : 2;
        if ((tried & group) !== 0) continue;
        tried |= group;
        const after = { before: step, change, instant };
        pending.push({ key: (key | its) ^ 1, last: instant, step: after, extra });
      }
    }
    if (slot !== -1) {
      freeSlots |= 1 << slot;
      open.splice(open.indexOf(completing), 1);
    }
    if (next.size === 0) return { stuck: completing };
    ways = next;
    meter.spend(seen.size);
  }
  const [first] = ways.values();
  return { way: wayOf(first?.step), states: [...new Set([...ways.keys()].map((key) => key & 1))] };
}

function wayOf(end: Step | undefined): Way {
  const steps: Step[] = [];
  for (let step = end; step !== undefined; step = step.before) steps.push(step);
  steps.reverse();
  return { changes: steps.map(({ change }) => change), instants: steps.map(({ instant }) => instant) };
}

function completionOrder({ object, instants }: ElementOperations): number[] {
  const { completeIndex } = object.history.columns;
  const order: number[] = [];
  for (const [operation, ret] of instants.ret.entries()) if (ret !== instants.count) order.push(operation);
  const at = (operation: number) => completeIndex[object.rows[operation] as number] as number;
  return order.sort((a, b) => at(a) - at(b));
}
