/** More than any number that is counted. */
const NEVER_LEAST = 0x3fff_ffff;

/**
 * Numbers at places 0 … length - 1, all of which can be raised or lowered over a range, with a second number that goes
 * along: which place has a number of at most so much? A segment tree in flat arrays, without recursion.
 * Cost: O(log length) for each call.
 */
export class MinTree {
  readonly #leaves: number;
  /** The smallest number below each node, without what was added to its ancestors. */
  readonly #least: Int32Array;
  /** What was added to a node as a whole. */
  readonly #added: Int32Array;
  readonly #label: Float64Array;

  constructor(numbers: Int32Array, labels: Float64Array) {
    let leaves = 1;
    while (leaves < numbers.length) leaves *= 2;
    this.#leaves = leaves;
    this.#least = new Int32Array(2 * leaves).fill(NEVER_LEAST);
    this.#least.set(numbers, leaves);
    for (let node = leaves - 1; node > 0; node--) {
      this.#least[node] = Math.min(this.#least[2 * node] as number, this.#least[2 * node + 1] as number);
    }
    this.#added = new Int32Array(leaves);
    this.#label = new Float64Array(2 * leaves);
    this.#label.set(labels, leaves);
  }

  /** Takes a place out for good: it never has the smallest number again. */
  retire(place: number): void {
    this.add(place, place, NEVER_LEAST, 0);
  }

  /** Adds to the numbers and labels at `first` … `last`; nothing where `last` is smaller. */
  add(first: number, last: number, amount: number, label: number): void {
    if (last < first) return;
    const from = first + this.#leaves;
    const to = last + this.#leaves;
    for (let left = from, right = to + 1; left < right; left >>= 1, right >>= 1) {
      if ((left & 1) === 1) this.#addAt(left++, amount, label);
      if ((right & 1) === 1) this.#addAt(--right, amount, label);
    }
    this.#pull(from);
    this.#pull(to);
  }

  /** The smallest of all numbers. */
  get least(): number {
    return this.#least[1] as number;
  }

  /** The first place that has the smallest number. */
  get place(): number {
    let node = 1;
    while (node < this.#leaves) {
      const left = 2 * node;
      node = (this.#least[left] as number) <= (this.#least[left + 1] as number) ? left : left + 1;
    }
    return node - this.#leaves;
  }

  labelAt(place: number): number {
    let label = 0;
    for (let node = place + this.#leaves; node > 0; node >>= 1) label += this.#label[node] as number;
    return label;
  }

  #addAt(node: number, amount: number, label: number): void {
    this.#least[node] = (this.#least[node] as number) + amount;
    if (node < this.#leaves) this.#added[node] = (this.#added[node] as number) + amount;
    this.#label[node] = (this.#label[node] as number) + label;
  }

  #pull(leaf: number): void {
    for (let node = leaf >> 1; node > 0; node >>= 1) {
      const left = this.#least[2 * node] as number;
      const right = this.#least[2 * node + 1] as number;
      this.#least[node] = (left < right ? left : right) + (this.#added[node] as number);
    }
  }
}
