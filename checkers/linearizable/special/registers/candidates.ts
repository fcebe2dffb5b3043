import { BEFORE_ALL, Kind, NONE, type RegisterOperations, sortedBy } from "./register-operations.ts";

/** More than one operation can have written what was observed. */
export const AMBIGUOUS = -2;

/**
 * Who can have written what an operation observed, where several wrote that value: those that were invoked before its
 * completion, and that were not overwritten for certain before its invocation. The second is so where another operation
 * ran between the two that wrote something itself, or saw another value.
 *
 * Of all operations that ended before an observation began, the one that was invoked last rules out every writer that
 * any of them rules out; so one is kept, the *excluder* of the observation. Writers with `ret < excluder.call` all have
 * `call < observation.ret`, so that two counts tell how many are left, and two exclusive-or sums which it is where one
 * is.
 *
 * Cost: O(n log n).
 */
export class Candidates {
  /** For each operation the one that rules out the most writers of what it observed, or NONE. */
  readonly excluder: Int32Array;
  readonly #operations: RegisterOperations;
  /** Writers of value v stand in places start[v] … start[v + 1] - 1, by invocation and by completion. */
  readonly #start: Int32Array;
  readonly #byCall: Int32Array;
  readonly #byReturn: Int32Array;
  /** Exclusive or of the numbers of the writers before a place, of all values. */
  readonly #callSum: Int32Array;
  readonly #returnSum: Int32Array;

  constructor(operations: RegisterOperations) {
    const { size, call, ret, written, values } = operations;
    this.#operations = operations;
    const all = new Int32Array(size + 1).map((_, i) => i);
    const inCallOrder = sortedBy(all, call);
    const inReturnOrder = sortedBy(all, ret);
    this.excluder = excluders(operations, inReturnOrder);
    this.#start = new Int32Array(values.size + 2);
    for (const value of written) if (value !== NONE) this.#start[value + 1] = this.#at(value + 1) + 1;
    for (let value = 0; value < values.size; value++) {
      this.#start[value + 1] = this.#at(value + 1) + this.#at(value);
    }
    this.#byCall = this.#group(inCallOrder);
    this.#byReturn = this.#group(inReturnOrder);
    this.#callSum = exclusiveOrs(this.#byCall);
    this.#returnSum = exclusiveOrs(this.#byReturn);
  }

  /** Whether several operations wrote what `observer` observed. */
  hasSeveral(observer: number): boolean {
    const value = this.#operations.observed[observer] as number;
    return this.#at(value + 1) - this.#at(value) > 1;
  }

  /**
   * The only operation that can have written what `observer` observed; NONE where none can, AMBIGUOUS where several
   * can.
   */
  writerOf(observer: number): number {
    const { observed, call, ret } = this.#operations;
    const value = observed[observer] as number;
    const excluder = this.excluder[observer] as number;
    const since = excluder === NONE ? BEFORE_ALL : (call[excluder] as number);
    const begun = this.#countBefore(this.#byCall, call, value, ret[observer] as number);
    const over = this.#countBefore(this.#byReturn, ret, value, since);
    if (begun === over) return NONE;
    if (begun - over > 1) return AMBIGUOUS;
    const start = this.#at(value);
    const sum = (sums: Int32Array, count: number) =>
      (sums[start + count] as number) ^ (sums[start] as number);
    return sum(this.#callSum, begun) ^ sum(this.#returnSum, over);
  }

  /** Of the writers of what `observer` observed that were over before it, the last; NONE where there is none. */
  lastOver(observer: number): number {
    const { observed, call, ret } = this.#operations;
    const value = observed[observer] as number;
    const over = this.#countBefore(this.#byReturn, ret, value, call[observer] as number);
    return over === 0 ? NONE : (this.#byReturn[this.#at(value) + over - 1] as number);
  }

  #at(value: number): number {
    return this.#start[value] as number;
  }

  #group(order: Int32Array): Int32Array {
    const { written, values } = this.#operations;
    const next = this.#start.slice(0, values.size);
    const grouped = new Int32Array(this.#at(values.size));
    for (const i of order) {
      const value = written[i] as number;
      if (value === NONE) continue;
      const place = next[value] as number;
      grouped[place] = i;
      next[value] = place + 1;
    }
    return grouped;
  }

  /** How many writers of `value` have their instant before `end`. */
  #countBefore(grouped: Int32Array, instants: Int32Array, value: number, end: number): number {
    const start = this.#at(value);
    let low = start;
    let high = this.#at(value + 1);
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((instants[grouped[middle] as number] as number) < end) low = middle + 1;
      else high = middle;
    }
    return low - start;
  }
}

/**
 * One sweep over the events: of what has ended, the latest invoked that wrote something; and of the reads the latest
 * invoked, and the latest of those that saw another value than that one, so that there is one for an observation of
 * either.
 */
function excluders(operations: RegisterOperations, inReturnOrder: Int32Array): Int32Array {
  const { size, kind, call, ret, observed, written } = operations;
  const found = new Int32Array(size + 1).fill(NONE);
  const later = (a: number, b: number) =>
    a === NONE || (b !== NONE && (call[b] as number) > (call[a] as number)) ? b : a;
  let writer = NONE;
  let reader = NONE;
  let other = NONE;
  let next = 0;
  for (let i = 0; i < size; i++) {
    for (; (ret[inReturnOrder[next] as number] as number) < (call[i] as number); next++) {
      const over = inReturnOrder[next] as number;
      if (over === size || kind[over] === Kind.refusal) continue;
      if (written[over] !== NONE) writer = later(writer, over);
      else if (reader === NONE || observed[over] === observed[reader]) reader = later(reader, over);
      else if (later(reader, over) === over) {
        other = reader;
        reader = over;
      } else other = later(other, over);
    }
    const read = reader !== NONE && observed[reader] === observed[i] ? other : reader;
    found[i] = later(writer, read);
  }
  return found;
}

function exclusiveOrs(numbers: Int32Array): Int32Array {
  const sums = new Int32Array(numbers.length + 1);
  for (let at = 0; at < numbers.length; at++) sums[at + 1] = (sums[at] as number) ^ (numbers[at] as number);
  return sums;
}
