import type { Meter } from "../../meter.ts";
import { MaxTree } from "./max-tree.ts";
import { MinTree } from "./min-tree.ts";
import type { Spans } from "./spans.ts";

/** The spans of the values of a stack, with those of the peeks; as in {@link Spans}. */
export interface StackSpans extends Pick<Spans, "size" | "count" | "call" | "first" | "last" | "ret"> {
  /** The peeks of stay `s` are peeksFrom[s] … peeksFrom[s + 1] - 1, in order of `peekCall`. */
  readonly peeksFrom: Int32Array;
  /** The earliest instant of each peek, not before its value is pushed. */
  readonly peekCall: Int32Array;
  readonly peekRet: Int32Array;
}

/** How far a stack comes apart. */
export interface Decomposition {
  /** Stays in the order in which they were taken out: each is at the bottom when it has its turn. */
  readonly taken: Int32Array;
  /** Where additions, removals and peeks take effect, of stays that were taken out. */
  readonly addedAt: Int32Array;
  readonly removedAt: Int32Array;
  readonly peekedAt: Int32Array;
  /** 1 for the instants that no value that is left covers. */
  readonly uncovered: Uint8Array;
}

/** Not known yet where it takes effect. */
const NOWHERE = -1;

/**
 * Takes a stack apart from the bottom.
 *
 * A value v can be at the bottom if its addition and its removal each have an instant that no span covers, and each of its
 * peeks one that no span but its own does. Then the history has an order if and only if it has one without v.
 *
 * With v, hence without: strike v from the order. Without, hence with: instants that no span of the others covers can be made
 * to find the stack empty, all at once. For one such instant t, let every value with first < t be over by then, since its
 * last is at most t, and every other not begin before; pull the operations of the former to t where they were
 * later, push those of the latter to t where they were earlier, and let the former go first. Each stays within its
 * interval, each group keeps its order, and the first leaves nothing behind. So push, peeks and pop of v can go to
 * their instants, each the first that will do, when they find nobody else; and v lies under all that happens in between.
 *
 * There is always such a v where there is an order: the value that is pushed first. At its push, its pop and its peeks
 * nobody else is inside, so no span of another covers those instants.
 *
 * Taking a value out uncovers instants and covers none, so the order of taking out does not matter, and nothing has to
 * be taken back. When values are left and none can be at the bottom, those that are left have no order. (Lee and Mathur, OOPSLA 2025,
 * take stacks apart in this way; patterns of a bounded number of values do not suffice, as Abdulla et al., PLDI 2025, show.)
 *
 * Cost: O(n log n): each instant is found uncovered, or covered by one value alone, once; each operation is freed once.
 */
export function decomposeStack(spans: StackSpans, meter: Meter): Decomposition {
  const { size, count, call, first, last, ret, peeksFrom, peekCall, peekRet } = spans;
  const peeks = peekCall.length;
  meter.allocate(count * 48 + size * 64 + peeks * 48);
  const addedAt = new Int32Array(size).fill(NOWHERE);
  const removedAt = new Int32Array(size).fill(NOWHERE);
  const peekedAt = new Int32Array(peeks).fill(NOWHERE);
  const uncovered = new Uint8Array(count);
  const taken = new Int32Array(size);
  let ready = 0;
  /** How many operations of each stay have no instant yet. */
  const waiting = new Int32Array(size);

  // An operation that waits is 2·stay, 2·stay + 1 or 2·size + peek.
  const waits = new Waiting(2 * size + peeks, count);
  for (let stay = 0; stay < size; stay++) {
    waits.add(2 * stay, call[stay] as number, first[stay] as number);
    waiting[stay] = 1 + (peeksFrom[stay + 1] as number) - (peeksFrom[stay] as number);
    // After the end all that is left may leave in whatever order it has to.
    if ((ret[stay] as number) >= count) removedAt[stay] = count;
    else {
      waits.add(2 * stay + 1, last[stay] as number, ret[stay] as number);
      waiting[stay] = (waiting[stay] as number) + 1;
    }
  }
  for (let peek = 0; peek < peeks; peek++) {
    waits.add(2 * size + peek, peekCall[peek] as number, peekRet[peek] as number);
  }
  waits.build();
  const ownPeeks = new MaxTree(peekRet);
  const stayOfPeek = new Int32Array(peeks);
  for (let stay = 0; stay < size; stay++) {
    stayOfPeek.fill(stay, peeksFrom[stay], peeksFrom[stay + 1]);
  }

  const cover = coverage(spans, peeks > 0);
  /** 1 once an instant was found covered by at most one value. */
  const seen = new Uint8Array(count);
  if (peeks === 0) seen.fill(1);

  const free = (stay: number) => {
    waiting[stay] = (waiting[stay] as number) - 1;
    if (waiting[stay] === 0) taken[ready++] = stay;
  };
  const freeAll = (instant: number) => {
    for (let what = waits.takeAt(instant); what !== -1; what = waits.takeAt(instant)) {
      if (what >= 2 * size) {
        const peek = what - 2 * size;
        peekedAt[peek] = instant;
        ownPeeks.remove(peek);
        free(stayOfPeek[peek] as number);
      } else {
        ((what & 1) === 0 ? addedAt : removedAt)[what >> 1] = instant;
        free(what >> 1);
      }
    }
  };
  const freePeeks = (stay: number, instant: number) => {
    const end = peeksFrom[stay + 1] as number;
    let peek = ownPeeks.firstAtLeast(instant, peeksFrom[stay] as number);
    while (peek !== -1 && peek < end && (peekCall[peek] as number) <= instant) {
      peekedAt[peek] = instant;
      ownPeeks.remove(peek);
      waits.drop(2 * size + peek);
      free(stay);
      peek = ownPeeks.firstAtLeast(instant, peek);
    }
  };

  let done = 0;
  for (let steps = 1; ; steps++) {
    if (steps % 1024 === 0) meter.spend(1024);
    if (done < ready) {
      const stay = taken[done++] as number;
      cover.add((first[stay] as number) + 1, (last[stay] as number) - 1, -1, -stay);
      continue;
    }
    // Numbers are one more than values that cover, once an instant is seen.
    if (count === 0 || cover.least > 1) break;
    const instant = cover.place;
    if (seen[instant] === 0 && cover.least === 1) {
      freePeeks(cover.labelAt(instant), instant);
      seen[instant] = 1;
      cover.add(instant, instant, 1, 0);
      continue;
    }
    uncovered[instant] = 1;
    cover.retire(instant);
    freeAll(instant);
  }
  return { taken: taken.slice(0, ready), addedAt, removedAt, peekedAt, uncovered };
}

/**
 * How many spans cover each instant, labelled with the sum of those stays: where it is one, the label says which. Where
 * nobody asks for one, all numbers are one larger.
 */
function coverage({ size, count, first, last }: StackSpans, countsToOne: boolean): MinTree {
  const numbers = new Int32Array(count + 2);
  const labels = new Float64Array(count + 2);
  for (let stay = 0; stay < size; stay++) {
    const from = (first[stay] as number) + 1;
    const to = last[stay] as number;
    if (to <= from) continue;
    numbers[from] = (numbers[from] as number) + 1;
    numbers[to] = (numbers[to] as number) - 1;
    labels[from] = (labels[from] as number) + stay;
    labels[to] = (labels[to] as number) - stay;
  }
  if (!countsToOne) numbers[0] = (numbers[0] as number) + 1;
  for (let instant = 1; instant < count; instant++) {
    numbers[instant] = (numbers[instant] as number) + (numbers[instant - 1] as number);
    labels[instant] = (labels[instant] as number) + (labels[instant - 1] as number);
  }
  return new MinTree(numbers.subarray(0, count), labels.subarray(0, count));
}

/** Operations that wait for an instant of theirs. */
class Waiting {
  readonly #count: number;
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  /** Operations by their first instant, and the place of each. */
  #sorted = new Int32Array(0);
  readonly #placeOf: Int32Array;
  #ends = new MaxTree([]);

  constructor(operations: number, count: number) {
    this.#count = count;
    this.#from = new Int32Array(operations).fill(NOWHERE);
    this.#to = new Int32Array(operations);
    this.#placeOf = new Int32Array(operations);
  }

  add(operation: number, from: number, to: number): void {
    this.#from[operation] = from;
    this.#to[operation] = to;
  }

  build(): void {
    const at = new Int32Array(this.#count + 2);
    for (const from of this.#from) at[from + 2] = (at[from + 2] as number) + 1;
    // Those that wait for nothing stand first in no place at all.
    at[1] = 0;
    for (let instant = 1; instant < at.length; instant++) {
      at[instant] = (at[instant] as number) + (at[instant - 1] as number);
    }
    const sorted = new Int32Array(at[at.length - 1] as number);
    const ends = new Int32Array(sorted.length);
    for (let operation = 0; operation < this.#from.length; operation++) {
      const from = this.#from[operation] as number;
      if (from === NOWHERE) continue;
      const place = at[from + 1] as number;
      at[from + 1] = place + 1;
      sorted[place] = operation;
      ends[place] = this.#to[operation] as number;
      this.#placeOf[operation] = place;
    }
    this.#sorted = sorted;
    this.#ends = new MaxTree(ends);
  }

  /** Takes out one whose interval holds the instant, or -1. */
  takeAt(instant: number): number {
    const place = this.#ends.firstAtLeast(instant, 0);
    const operation = place === -1 ? -1 : (this.#sorted[place] as number);
    // Sorted by their first instants: where the first that ends late enough begins too late, so do all.
    if (operation === -1 || (this.#from[operation] as number) > instant) return -1;
    this.#ends.remove(place);
    return operation;
  }

  drop(operation: number): void {
    this.#ends.remove(this.#placeOf[operation] as number);
  }
}
