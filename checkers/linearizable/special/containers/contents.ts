import type { ObjectHistory } from "../../preparation/objects.ts";
import { type Instants, instantsOf } from "../instants.ts";
import type { Vocabulary } from "./vocabulary.ts";

/**
 * What went through a container. A stay is what happened to one value between entering and leaving: one addition, at most
 * one known removal, and the peeks that saw it. Operations are known by their place in `object.rows`.
 */
export interface Contents {
  readonly object: ObjectHistory;
  readonly words: Vocabulary;
  readonly instants: Instants;
  /** Number of stays. */
  readonly size: number;
  /** The interned value of each stay. */
  readonly value: Int32Array;
  readonly addition: Int32Array;
  /** -1 where nobody is known to have removed it. */
  readonly removal: Int32Array;
  /** The peeks of stay `s` are peeks[peeksFrom[s]] … peeks[peeksFrom[s + 1] - 1], in order of invocation. */
  readonly peeks: Int32Array;
  readonly peeksFrom: Int32Array;
  /** Removals and peeks that found nothing. */
  readonly empties: Int32Array;
  /** Removals without an answer: each may have removed a value, at any time after its invocation. */
  readonly crashedRemovals: Int32Array;
}

/** Operations that have no order, whatever the rest of the history is. */
export interface Contradiction {
  readonly operations: readonly number[];
  /** Of those the one whose answer cannot be. */
  readonly operation: number;
  readonly why: string;
}

export type Read =
  | { readonly contents: Contents }
  | { readonly contradiction: Contradiction }
  | { readonly declined: string };

/**
 * Takes the operations of a container apart by value.
 *
 * A value that is added again belongs to another stay where that can be told: once one addition and one removal of it have
 * happened, and every completed operation on it so far ended before the next one began, it is absent at that time in
 * every order, and what comes later concerns the later additions alone. Where additions of one value cannot be told apart
 * like that, it declines.
 *
 * A crashed addition that nobody saw is left out. An order with it is one without it when it is struck out, since no
 * answer names its value: nobody found the container empty while it was in, and a value that was next to come out while
 * it was in is next without it too. (A crashed removal may have taken it, and goes with it.)
 *
 * Cost: O(n log n), for the instants.
 */
export function readContents(object: ObjectHistory, words: Vocabulary): Read {
  const instants = instantsOf(object);
  const sorted = sortByValue(object, words, instants);
  const stays = new Stays(object, words, instants, sorted.ofValues.length);
  for (let number = 0; number < sorted.values.length; number++) {
    const from = sorted.from[number] as number;
    const failure = stays.add(
      sorted.values[number] as number,
      sorted.ofValues.subarray(from, sorted.from[number + 1]),
    );
    if (failure !== undefined) return failure;
  }
  return { contents: stays.finish(sorted) };
}

interface ByValue {
  /** The values, and where the operations of each begin in `ofValues`. */
  readonly values: readonly number[];
  readonly from: Int32Array;
  readonly ofValues: Int32Array;
  readonly empties: Int32Array;
  readonly crashedRemovals: Int32Array;
}

/** Stands for the answer that there was nothing. */
const NOTHING = -2;

function sortByValue({ history, rows }: ObjectHistory, words: Vocabulary, { ret, count }: Instants): ByValue {
  const { columns, names } = history;
  const n = rows.length;
  const add = names.functions.indexOf(words.add);
  const remove = names.functions.indexOf(words.remove);
  const numbers = new Map<number, number>();
  const values: number[] = [];
  const empties: number[] = [];
  const crashedRemovals: number[] = [];
  const numberOf = new Int32Array(n).fill(-1);
  const from = new Int32Array(n + 2);
  for (let operation = 0; operation < n; operation++) {
    const row = rows[operation] as number;
    const f = columns.f[row];
    if (f !== add && ret[operation] === count) {
      if (f === remove) crashedRemovals.push(operation);
      continue;
    }
    const value = (f === add ? columns.input : columns.output)[row] as number;
    let number = numbers.get(value);
    if (number === undefined) {
      number = history.values.get(value) === null ? NOTHING : values.length;
      numbers.set(value, number);
      if (number !== NOTHING) values.push(value);
    }
    if (number === NOTHING) {
      empties.push(operation);
      continue;
    }
    numberOf[operation] = number;
    from[number + 1] = (from[number + 1] as number) + 1;
  }
  for (let number = 0; number < values.length; number++) {
    from[number + 1] = (from[number + 1] as number) + (from[number] as number);
  }
  const ofValues = new Int32Array(from[values.length] as number);
  const filled = from.slice(0, values.length);
  for (let operation = 0; operation < n; operation++) {
    const number = numberOf[operation] as number;
    if (number === -1) continue;
    const at = filled[number] as number;
    ofValues[at] = operation;
    filled[number] = at + 1;
  }
  return {
    values,
    from,
    ofValues,
    empties: Int32Array.from(empties),
    crashedRemovals: Int32Array.from(crashedRemovals),
  };
}

/** Collects the stays, one value after the other. */
class Stays {
  readonly #object: ObjectHistory;
  readonly #words: Vocabulary;
  readonly #instants: Instants;
  readonly #value: number[] = [];
  readonly #addition: number[] = [];
  readonly #removal: number[] = [];
  readonly #peeks: Int32Array;
  readonly #peeksFrom: number[] = [0];
  #peekCount = 0;

  constructor(object: ObjectHistory, words: Vocabulary, instants: Instants, operations: number) {
    this.#object = object;
    this.#words = words;
    this.#instants = instants;
    this.#peeks = new Int32Array(operations);
  }

  /** Takes in the operations of one value, in order of invocation. */
  add(value: number, operations: Int32Array): Read | undefined {
    const { call, ret, count } = this.#instants;
    const { columns, names } = this.#object.history;
    let addition = -1;
    let removal = -1;
    let secondRemoval = -1;
    let leftBefore = false;
    let lastRet = -1;
    const text = () => JSON.stringify(this.#object.history.values.get(value));
    const close = (): Read | undefined => {
      const peek =
        this.#peekCount === this.#peeksFrom.at(-1) ? -1 : (this.#peeks[this.#peekCount - 1] as number);
      if (addition === -1) {
        const seen = removal === -1 ? peek : removal;
        const why = leftBefore
          ? `but ${text()} had been ${this.#words.removed} already, and was not ${this.#words.added} again`
          : `but ${text()} was never ${this.#words.added}`;
        return { contradiction: { operations: [seen], operation: seen, why } };
      }
      if (secondRemoval !== -1) {
        const why = `but ${text()} was ${this.#words.added} once, and another ${this.#words.remove} removed it`;
        const three = [addition, removal, secondRemoval];
        return { contradiction: { operations: three, operation: secondRemoval, why } };
      }
      if (removal === -1 && peek === -1 && ret[addition] === count) return undefined;
      this.#value.push(value);
      this.#addition.push(addition);
      this.#removal.push(removal);
      this.#peeksFrom.push(this.#peekCount);
      return undefined;
    };
    for (const operation of operations) {
      if (addition !== -1 && removal !== -1 && (call[operation] as number) > lastRet) {
        const failure = close();
        if (failure !== undefined) return failure;
        addition = -1;
        removal = -1;
        leftBefore = true;
      }
      if ((ret[operation] as number) < count) lastRet = Math.max(lastRet, ret[operation] as number);
      const f = names.functions[columns.f[this.#object.rows[operation] as number] as number];
      if (f === this.#words.add) {
        if (addition !== -1)
          return { declined: `${text()} is ${this.#words.added} again while it may be there still` };
        addition = operation;
      } else if (f === this.#words.remove) {
        if (removal === -1) removal = operation;
        else if (secondRemoval === -1) secondRemoval = operation;
      } else this.#peeks[this.#peekCount++] = operation;
    }
    return close();
  }

  finish({ empties, crashedRemovals }: ByValue): Contents {
    return {
      object: this.#object,
      words: this.#words,
      instants: this.#instants,
      size: this.#value.length,
      value: Int32Array.from(this.#value),
      addition: Int32Array.from(this.#addition),
      removal: Int32Array.from(this.#removal),
      peeks: this.#peeks.slice(0, this.#peekCount),
      peeksFrom: Int32Array.from(this.#peeksFrom),
      empties,
      crashedRemovals,
    };
  }
}
