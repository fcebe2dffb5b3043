const CHUNK = 32;

/**
 * An immutable array that is empty at first and grows as needed. `with` copies O(size / 32 + 32) places, because it
 * is called for each operation of a run and a run may have thousands of threads.
 */
export class Slots<T> {
  readonly #chunks: readonly (readonly (T | undefined)[] | undefined)[];

  private constructor(chunks: readonly (readonly (T | undefined)[] | undefined)[]) {
    this.#chunks = chunks;
  }

  static empty<T>(): Slots<T> {
    return new Slots<T>([]);
  }

  at(index: number): T | undefined {
    return this.#chunks[index >>> 5]?.[index & (CHUNK - 1)];
  }

  with(index: number, value: T): Slots<T> {
    const chunk = (this.#chunks[index >>> 5] ?? []).slice();
    chunk[index & (CHUNK - 1)] = value;
    const chunks = this.#chunks.slice();
    chunks[index >>> 5] = chunk;
    return new Slots(chunks);
  }
}
