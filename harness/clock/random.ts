import { invariant } from "../errors.ts";

/**
 * A seeded source of chance (sfc32 by Chris Doty-Humphrey, PractRand). The same seed gives the same numbers on any
 * machine. One purpose, one stream: {@link stream} derives an independent source by name, so that drawing more
 * numbers in one place does not change what another place draws.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;
  readonly #high: number;
  readonly #low: number;

  /** `seed`: an integer in 0 … 2^53 - 1. */
  constructor(seed: number) {
    invariant(Number.isSafeInteger(seed) && seed >= 0, `a seed is an integer in 0 … 2^53 - 1, not ${seed}`);
    this.#high = Math.floor(seed / 2 ** 32);
    this.#low = seed >>> 0;
    this.#a = this.#low;
    this.#b = this.#high;
    this.#c = 0x9e3779b9;
    this.#counter = 1;
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** An independent source for one purpose. Does not advance this one. */
  stream(purpose: string): Random {
    let low = this.#low ^ 0x811c9dc5;
    let high = this.#high ^ 0x01000193;
    for (let i = 0; i < purpose.length; i++) {
      low = Math.imul(low ^ purpose.charCodeAt(i), 0x01000193);
      high = Math.imul(high ^ purpose.charCodeAt(i), 0x85ebca6b) ^ (low >>> 13);
    }
    return new Random((high >>> 11) * 2 ** 32 + (low >>> 0));
  }

  /** An independent source for the `ordinal`-th of a row of equals. Does not advance this one. */
  fork(ordinal: number): Random {
    const low = Math.imul(this.#low ^ ordinal, 0x9e3779b1) ^ (this.#high >>> 7);
    const high = Math.imul(this.#high ^ (ordinal >>> 16), 0x85ebca77) ^ low ^ Math.floor(ordinal / 2 ** 32);
    return new Random((high >>> 11) * 2 ** 32 + (low >>> 0));
  }

  /** Uniform in 0 … 2^32 - 1. */
  uint32(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** Uniform in [0, 1). */
  float(): number {
    return (this.uint32() * 2 ** 21 + (this.uint32() >>> 11)) / 2 ** 53;
  }

  /** Uniform integer in 0 … bound - 1; `bound` at least 1. */
  int(bound: number): number {
    invariant(bound >= 1, `a bound is at least 1, not ${bound}`);
    return Math.floor(this.float() * bound);
  }

  /** Uniform integer in low … high, both included. */
  between(low: number, high: number): number {
    return low + this.int(high - low + 1);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.float() < probability;
  }

  /** Exponential with the given mean, so that events come as a Poisson process. */
  exponential(mean: number): number {
    return -Math.log(1 - this.float()) * mean;
  }

  /** One of the items, uniformly; there must be one. */
  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)] as T;
  }

  /** A new array in random order (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }
}
