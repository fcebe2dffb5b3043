/** A set of numbers 0 … length - 1 that grows: which is the last one up to some number? Bits in levels of 32. */
export class Marks {
  readonly #levels: Int32Array[] = [];

  constructor(length: number) {
    for (let words = Math.max(1, length); ; ) {
      words = (words + 31) >>> 5;
      this.#levels.push(new Int32Array(words));
      if (words === 1) break;
    }
  }

  add(number: number): void {
    let at = number;
    for (const level of this.#levels) {
      level[at >>> 5] = (level[at >>> 5] as number) | (1 << (at & 31));
      at >>>= 5;
    }
  }

  /** The largest number of the set that is at most `number`, or -1. Cost: O(log length). */
  lastUpTo(number: number): number {
    let at = number;
    for (let height = 0; height < this.#levels.length; height++) {
      const level = this.#levels[height] as Int32Array;
      // Bits up to the one at `at`, which counts on the lowest level alone.
      const mask = height === 0 ? 0xffff_ffff >>> (31 - (at & 31)) : (1 << (at & 31)) - 1;
      const bits = (level[at >>> 5] as number) & mask;
      if (bits !== 0) {
        at = ((at >>> 5) << 5) + 31 - Math.clz32(bits);
        for (let below = height - 1; below >= 0; below--) {
          const word = (this.#levels[below] as Int32Array)[at] as number;
          at = (at << 5) + 31 - Math.clz32(word);
        }
        return at;
      }
      at >>>= 5;
    }
    return -1;
  }
}
