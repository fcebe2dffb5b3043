import type { Contents } from "./contents.ts";

/**
 * What is assumed of the stays that nobody is known to have ended. `assigned`: by stay, the crashed removal that ended it,
 * or -1 for none. `any`: each may have been ended by some crashed removal, as if there were one for each.
 */
export type Assumption = "none" | "any" | { readonly assigned: Int32Array };

/**
 * When values were inside, by stay, in instants. An operation that saw a value was after its addition and before
 * its removal in every order, so times are tightened: an addition takes effect by the `ret` of everybody who saw its value,
 * a removal not before the `call` of any.
 *
 * A value that is never removed counts as removed after the end, at the instant `count`: whatever is still inside
 * then may leave in whatever order it has to.
 *
 * A value is certainly inside after `first` and before `last`; outside of these instants nothing says that it is.
 */
export interface Spans {
  readonly contents: Contents;
  readonly size: number;
  /** Instants are 0 … count - 1. */
  readonly count: number;
  /** The operation that ended the stay, crashed ones included, or -1. */
  readonly removal: Int32Array;
  /** The earliest instant at which the addition can take effect. */
  readonly call: Int32Array;
  /** The latest instant at which the addition can take effect: the smallest `ret` of all operations on the stay. */
  readonly first: Int32Array;
  /** The earliest instant at which the removal can take effect: the largest `call` of all operations on the stay. */
  readonly last: Int32Array;
  /** The latest instant at which the removal can take effect: `count` or more where it never returned. */
  readonly ret: Int32Array;
  /** The smallest `ret` of all peeks and the removal. */
  readonly seen: Int32Array;
}

/** Cost: O(n). */
export function spansOf(contents: Contents, assumption: Assumption): Spans {
  const { size, addition, removal: known, peeks, peeksFrom, crashedRemovals, instants } = contents;
  const { call: calls, ret: rets, count } = instants;
  const removal = known.slice();
  const call = new Int32Array(size);
  const first = new Int32Array(size);
  const last = new Int32Array(size);
  const ret = new Int32Array(size);
  const seen = new Int32Array(size);
  const anyFrom =
    assumption === "any" && crashedRemovals.length > 0
      ? (calls[crashedRemovals[0] as number] as number)
      : count;
  for (let stay = 0; stay < size; stay++) {
    const added = addition[stay] as number;
    if (typeof assumption === "object" && known[stay] === -1)
      removal[stay] = assumption.assigned[stay] as number;
    const removed = removal[stay] as number;
    let lastCall = removed === -1 ? anyFrom : (calls[removed] as number);
    // One more than a crashed removal has, which ends before the end.
    const removedBy = removed === -1 ? (anyFrom === count ? count + 1 : count) : (rets[removed] as number);
    let firstSeen = removedBy;
    for (let at = peeksFrom[stay] as number; at < (peeksFrom[stay + 1] as number); at++) {
      const peek = peeks[at] as number;
      lastCall = Math.max(lastCall, calls[peek] as number);
      firstSeen = Math.min(firstSeen, rets[peek] as number);
    }
    call[stay] = calls[added] as number;
    first[stay] = Math.min(rets[added] as number, firstSeen);
    last[stay] = Math.max(calls[added] as number, lastCall);
    ret[stay] = removedBy;
    seen[stay] = firstSeen;
  }
  return { contents, size, count, removal, call, first, last, ret, seen };
}
