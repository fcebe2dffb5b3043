/** A thread of the run: a client worker by number, or the one that injects faults. */
export type Thread = number | "nemesis";

/** An immutable set of threads: client threads as bits, and the nemesis. Operations cost O(threads / 32). */
export class ThreadSet {
  /** 32 threads each, as signed integers: an array of small integers is far cheaper to make than a typed one. */
  readonly #words: readonly number[];
  readonly nemesis: boolean;
  /** How many client threads are in the set. */
  readonly clients: number;

  private constructor(words: readonly number[], nemesis: boolean) {
    this.#words = words;
    this.nemesis = nemesis;
    let count = 0;
    for (const word of words) count += popCount(word);
    this.clients = count;
  }

  static of(threads: Iterable<Thread>): ThreadSet {
    let nemesis = false;
    const words: number[] = [];
    for (const thread of threads) {
      if (thread === "nemesis") nemesis = true;
      else {
        while (words.length <= thread >>> 5) words.push(0);
        words[thread >>> 5] = (words[thread >>> 5] as number) | (1 << (thread & 31));
      }
    }
    return new ThreadSet(words, nemesis);
  }

  /** Client threads 0 … count - 1. */
  static clients(count: number): ThreadSet {
    return ThreadSet.of(Array.from({ length: count }, (_, thread) => thread));
  }

  get size(): number {
    return this.clients + (this.nemesis ? 1 : 0);
  }

  has(thread: Thread): boolean {
    if (thread === "nemesis") return this.nemesis;
    return (((this.#words[thread >>> 5] ?? 0) >>> (thread & 31)) & 1) === 1;
  }

  intersect(other: ThreadSet): ThreadSet {
    const length = Math.min(this.#words.length, other.#words.length);
    const words: number[] = [];
    for (let i = 0; i < length; i++) words.push((this.#words[i] as number) & (other.#words[i] as number));
    return new ThreadSet(words, this.nemesis && other.nemesis);
  }

  with(thread: Thread): ThreadSet {
    if (this.has(thread)) return this;
    if (thread === "nemesis") return new ThreadSet(this.#words, true);
    const words = [...this.#words];
    while (words.length <= thread >>> 5) words.push(0);
    words[thread >>> 5] = (words[thread >>> 5] as number) | (1 << (thread & 31));
    return new ThreadSet(words, this.nemesis);
  }

  without(thread: Thread): ThreadSet {
    if (!this.has(thread)) return this;
    if (thread === "nemesis") return new ThreadSet(this.#words, false);
    const words = this.#words.slice();
    words[thread >>> 5] = (words[thread >>> 5] as number) & ~(1 << (thread & 31));
    return new ThreadSet(words, this.nemesis);
  }

  /** The thread at a rank in 0 … size - 1: clients in ascending order, then the nemesis. */
  at(rank: number): Thread | undefined {
    let left = rank;
    for (let i = 0; i < this.#words.length; i++) {
      let word = this.#words[i] as number;
      const count = popCount(word);
      if (left >= count) {
        left -= count;
        continue;
      }
      for (; left > 0; left--) word &= word - 1;
      return i * 32 + (31 - Math.clz32(word & -word));
    }
    return left === 0 && this.nemesis ? "nemesis" : undefined;
  }

  /** Clients in ascending order, then the nemesis. */
  *[Symbol.iterator](): IterableIterator<Thread> {
    for (let i = 0; i < this.#words.length; i++) {
      for (let word = this.#words[i] as number; word !== 0; word &= word - 1) {
        yield i * 32 + (31 - Math.clz32(word & -word));
      }
    }
    if (this.nemesis) yield "nemesis";
  }
}

function popCount(word: number): number {
  let w = word - ((word >>> 1) & 0x55555555);
  w = (w & 0x33333333) + ((w >>> 2) & 0x33333333);
  return Math.imul((w + (w >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
