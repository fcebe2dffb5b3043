import type { Meter } from "../../meter.ts";
import type { Discipline, Found } from "./discipline.ts";
import { emptyInstants } from "./empty-instants.ts";
import { queueOrder } from "./queue-order.ts";
import { EarliestEnd } from "./sightings.ts";
import type { Spans } from "./spans.ts";
import { valueText, witness } from "./witness.ts";

/** First in, first out. */
export const queue: Discipline = {
  decide,
  outBy({ size, count, call, first, last, seen, removal }) {
    const added = new EarliestEnd(count);
    const front = new EarliestEnd(count);
    for (let stay = 0; stay < size; stay++) {
      const to = seen[stay] as number;
      if (to >= count) continue;
      added.add({ from: call[stay] as number, to });
      // Of a value that nobody is known to have removed, `last` says only that.
      if (removal[stay] !== -1) front.add({ from: last[stay] as number, to });
    }
    return first.map((instant, stay) => {
      const peeked = seen[stay] as number;
      return Math.min(added.after(instant), peeked < count ? front.after(peeked) : count + 1);
    });
  },
  isInTheWay: ({ call, first, last, seen, removal }, stay, other) =>
    (first[stay] as number) < (call[other] as number) ||
    (removal[other] !== -1 && (seen[stay] as number) < (last[other] as number)),
};

/**
 * A history of a queue has an order if and only if its values can be lined up so that a value never comes after another
 * that it must come before. `a` must come before `b` where a was certainly added before b (first(a) < call(b)), or an
 * operation that saw a, a peek or its removal, ended before one that saw b began (seen(a) < last(b)).
 *
 * Necessary: both are what the queue's own order is. Sufficient: let a line-up have that property. Let
 * additions take effect in its order, each at the largest call of those up to it; that is no later than its
 * first(a), or else some b before it has first(a) < call(b). Then peeks and removals, value by value in the same order, each
 * at the largest call of additions and of those up to it; that is in time too: where that largest call is of an operation that
 * saw some b before a, seen(a) < last(b) if it were not; where it is b's addition, first(a) < call(b). At equal instants
 * additions go first.
 *
 * Emptiness: at an instant t that no value covers, let those with first < t be over, and all others not begun. No value
 * of the latter must come before one of the former: its first and seen are at least t, and call and last of the
 * others at most t. So the line-up can be made for each stretch between such instants by itself, and the queue is empty at all
 * of them at once.
 *
 * A value can be first of what is left when no call(v) > first(w) and no last(v) > seen(w) for any other w. Both bounds grow as
 * values leave, so two cursors find them: O(n log n), for sorting. (Lee and Mathur, OOPSLA 2025, find the same order by
 * two cursors over events.)
 */
function decide(spans: Spans, meter: Meter): Found {
  const empties = emptyInstants(spans);
  const lineUp = new Int32Array(spans.size);
  const block = blocksOf(spans, empties.instants);
  meter.allocate(spans.size * 4 * 8);
  const byCall = sortedBy(spans.call, block);
  const byFirst = sortedBy(spans.first, block);
  const byLast = sortedBy(spans.last, block);
  const bySeen = sortedBy(spans.seen, block);
  meter.spend(spans.size);
  /** 1 for each cursor that has passed; 2: may be next. 3: lined up. */
  const passed = new Uint8Array(spans.size);
  const { call, first, last, seen } = spans;
  let length = 0;
  let blockEnd = 0;
  const LINED_UP = 3;
  for (let blockStart = 0; blockStart < spans.size; blockStart = blockEnd) {
    const number = block[byCall[blockStart] as number];
    while (blockEnd < spans.size && block[byCall[blockEnd] as number] === number) blockEnd++;
    let atCall = blockStart;
    let atFirst = blockStart;
    let atLast = blockStart;
    let atSeen = blockStart;
    const place = (stay: number) => {
      passed[stay] = LINED_UP;
      lineUp[length++] = stay;
    };
    const pass = (stay: number) => {
      if (passed[stay] === LINED_UP) return;
      passed[stay] = (passed[stay] as number) + 1;
      if (passed[stay] === 2) place(stay);
    };
    while (length < blockEnd) {
      const before = length;
      while (passed[byFirst[atFirst] as number] === LINED_UP) atFirst++;
      while (passed[bySeen[atSeen] as number] === LINED_UP) atSeen++;
      const smallestFirst = first[byFirst[atFirst] as number] as number;
      const earliest = bySeen[atSeen] as number;
      const smallestSeen = seen[earliest] as number;
      while (atCall < blockEnd && (call[byCall[atCall] as number] as number) <= smallestFirst)
        pass(byCall[atCall++] as number);
      while (atLast < blockEnd && (last[byLast[atLast] as number] as number) <= smallestSeen)
        pass(byLast[atLast++] as number);
      if (length > before) continue;
      // The one that was seen first of all is not held up by itself, only by the others.
      let second = atSeen + 1;
      while (second < blockEnd && passed[bySeen[second] as number] === LINED_UP) second++;
      const held =
        (call[earliest] as number) > smallestFirst ||
        (second < blockEnd && (last[earliest] as number) > (seen[bySeen[second] as number] as number));
      if (held) {
        const next = second < blockEnd ? (bySeen[second] as number) : -1;
        return { contradiction: contradiction(spans, byFirst[atFirst] as number, earliest, next) };
      }
      place(earliest);
    }
  }
  return { order: () => queueOrder(spans, lineUp, block, empties) };
}

/** The stretch between empty instants to which each stay belongs. */
function blocksOf({ size, first, count }: Spans, empty: Int32Array): Int32Array {
  const before = new Int32Array(count + 1);
  let at = 0;
  for (let instant = 0; instant <= count; instant++) {
    while (at < empty.length && (empty[at] as number) <= instant) at++;
    before[instant] = at;
  }
  return Int32Array.from({ length: size }, (_, stay) => before[first[stay] as number] as number);
}

/** Stays by block, and within one by `key`. */
function sortedBy(key: Int32Array, block: Int32Array): Int32Array {
  const byKey = countingSort(Int32Array.from(key.keys()), key);
  return countingSort(byKey, block);
}

/** Stable. Cost: O(n + largest key). */
function countingSort(stays: Int32Array, key: Int32Array): Int32Array {
  let largest = 0;
  for (const each of key) largest = Math.max(largest, each);
  const at = new Int32Array(largest + 2);
  for (const each of key) at[each + 1] = (at[each + 1] as number) + 1;
  for (let each = 0; each <= largest; each++) at[each + 1] = (at[each + 1] as number) + (at[each] as number);
  const sorted = new Int32Array(stays.length);
  for (const stay of stays) {
    const each = key[stay] as number;
    sorted[at[each] as number] = stay;
    at[each] = (at[each] as number) + 1;
  }
  return sorted;
}

/**
 * Of what is left nothing can be first: `added` has the smallest first, `front` the smallest seen, and `next` the
 * next smallest seen. Each of the three is held up, so two or three of them hold up one another.
 */
function contradiction(spans: Spans, added: number, front: number, next: number) {
  const { call, first, last, seen } = spans;
  const { words } = spans.contents;
  const enters = (a: number, b: number) => (first[a] as number) < (call[b] as number);
  const leaves = (a: number, b: number) => (seen[a] as number) < (last[b] as number);
  const text = (stay: number) => valueText(spans, stay);
  /** a was added before b, and b was at the front before a. */
  const overtaken = (a: number, b: number) => {
    const isOut = spans.removal[a] !== -1;
    const end = isOut
      ? `was ${words.removed} only later`
      : (last[a] as number) < spans.count
        ? `cannot have been ${words.removed} before it`
        : `was never ${words.removed}`;
    const why = `but ${text(a)} was ${words.added} before ${text(b)} and ${end}`;
    return witness(spans, [a, b], seenFirst(spans, b), why);
  };
  /** Each was at the front before the other. */
  const crossed = (a: number, b: number) => {
    const why = `but ${text(a)} has to be at the front before ${text(b)}, and ${text(b)} before ${text(a)}`;
    return witness(spans, [a, b], seenFirst(spans, b), why);
  };
  if (added === front) {
    // `next` is at the front before `front` is, and is held up itself.
    return enters(added, next) ? overtaken(added, next) : crossed(front, next);
  }
  if (enters(added, front)) return overtaken(added, front);
  if (next === added || leaves(front, next)) return crossed(front, next);
  const why =
    `but ${text(added)} was ${words.added} before ${text(next)}, ${text(next)} was at the front before ` +
    `${text(front)}, and ${text(front)} before ${text(added)}`;
  return witness(spans, [added, front, next], seenFirst(spans, next), why);
}

/** The first operation to return that saw the value. */
function seenFirst({ contents, removal, seen }: Spans, stay: number): number {
  const { peeks, peeksFrom, instants } = contents;
  const peek = peeks
    .subarray(peeksFrom[stay], peeksFrom[stay + 1])
    .find((each) => instants.ret[each] === seen[stay]);
  return peek ?? (removal[stay] as number);
}
