/**
 * Numbers at places 0 … length - 1: which is the first place from somewhere on that has a number of at least so much?
 * A segment tree in a flat array, without recursion. Cost: O(length) to build, O(log length) for each call.
 */
export class MaxTree {
  readonly #leaves: number;
  readonly #most: Int32Array;

  /** Numbers are not negative. */
  constructor(numbers: ArrayLike<number>) {
    let leaves = 1;
    while (leaves < numbers.length) leaves *= 2;
    this.#leaves = leaves;
    this.#most = new Int32Array(2 * leaves).fill(-1);
    this.#most.set(numbers, leaves);
    for (let node = leaves - 1; node > 0; node--) this.#pull(node);
  }

  /** No number is at `place` any more. */
  remove(place: number): void {
    let node = place + this.#leaves;
    this.#most[node] = -1;
    while (node > 1) {
      node >>= 1;
      this.#pull(node);
    }
  }

  raise(place: number, number: number): void {
    for (let node = place + this.#leaves; node > 0; node >>= 1) {
      if ((this.#most[node] as number) >= number) return;
      this.#most[node] = number;
    }
  }

  /** The first place from `from` on with a number of at least `least`, or -1. */
  firstAtLeast(least: number, from: number): number {
    if (from >= this.#leaves) return -1;
    let node = from + this.#leaves;
    // Up to the next subtree on the right that has one, then down.
    while ((this.#most[node] as number) < least) {
      while ((node & 1) === 1) {
        if (node === 1) return -1;
        node >>= 1;
      }
      node++;
    }
    while (node < this.#leaves) {
      node *= 2;
      if ((this.#most[node] as number) < least) node++;
    }
    return node - this.#leaves;
  }

  /** The largest number at `from` or a later place, or -1. */
  mostFrom(from: number): number {
    let most = -1;
    for (let left = from + this.#leaves, right = 2 * this.#leaves; left < right; left >>= 1, right >>= 1) {
      if ((left & 1) === 1) most = Math.max(most, this.#most[left++] as number);
    }
    return most;
  }

  #pull(node: number): void {
    this.#most[node] = Math.max(this.#most[2 * node] as number, this.#most[2 * node + 1] as number);
  }
}
