import { canonicalJson, type History, type Json } from "../../../../harness/history/index.ts";

/** In a table of numbers: nothing there. */
const NONE = -1;
/** Integers below so many times the number of operations have a table of their own. */
const DENSE = 4;

/**
 * Dense numbers for the values of one object, equal values and only those with one number, in order of first use. It
 * also numbers values that only stand inside others, as those of a compare-and-set do.
 *
 * Cost: one look-up a value, in an array for the integers that clients commonly count up.
 */
export class ValueNumbers {
  readonly #table: Pick<History["values"], "get">;
  readonly #integers: Int32Array;
  readonly #scalars = new Map<Json, number>();
  readonly #texts = new Map<string, number>();
  readonly #values: Json[] = [];

  constructor(table: Pick<History["values"], "get">, operations: number) {
    this.#table = table;
    this.#integers = new Int32Array(DENSE * operations).fill(NONE);
  }

  get size(): number {
    return this.#values.length;
  }

  /** The number of a value of the history, by its number there. */
  ofId(id: number): number {
    return this.of(this.#table.get(id));
  }

  of(value: Json): number {
    if (typeof value === "number" && value >= 0 && value < this.#integers.length && Number.isInteger(value)) {
      const known = this.#integers[value] as number;
      if (known !== NONE) return known;
      this.#integers[value] = this.#values.length;
      return this.#values.push(value) - 1;
    }
    return value !== null && typeof value === "object"
      ? this.#number(this.#texts, canonicalJson(value), value)
      : this.#number(this.#scalars, value, value);
  }

  /** The value behind a number. */
  get(number: number): Json {
    return this.#values[number] as Json;
  }

  #number<K>(known: Map<K, number>, name: K, value: Json): number {
    let number = known.get(name);
    if (number === undefined) {
      number = this.#values.length;
      known.set(name, number);
      this.#values.push(value);
    }
    return number;
  }
}
