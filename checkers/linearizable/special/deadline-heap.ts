/**
 * Operations that may come next, the one that is due first on top: a binary heap over an array of deadlines.
 *
 * Cost: O(log k) to push and to pop, for k operations in it.
 */
export class DeadlineHeap {
  readonly #deadlines: Int32Array;
  readonly #heap: Int32Array;
  #size = 0;

  /** `deadlines` of all operations; each is pushed at most once, so that there is room for all. */
  constructor(deadlines: Int32Array) {
    this.#deadlines = deadlines;
    this.#heap = new Int32Array(deadlines.length);
  }

  get size(): number {
    return this.#size;
  }

  /** The operation that is due first, or -1 where there is none. */
  top(): number {
    return this.#size === 0 ? -1 : (this.#heap[0] as number);
  }

  push(operation: number): void {
    const heap = this.#heap;
    const deadline = this.#deadlines[operation] as number;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as number;
      if ((this.#deadlines[above] as number) <= deadline) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = operation;
  }

  /** Takes the top, or gives -1 where there is none. */
  pop(): number {
    const top = this.top();
    if (top === -1) return -1;
    const heap = this.#heap;
    const moved = heap[--this.#size] as number;
    const deadline = this.#deadlines[moved] as number;
    let at = 0;
    while (2 * at + 1 < this.#size) {
      let child = 2 * at + 1;
      if (child + 1 < this.#size && this.#dueBefore(heap[child + 1] as number, heap[child] as number))
        child++;
      const below = heap[child] as number;
      if ((this.#deadlines[below] as number) >= deadline) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = moved;
    return top;
  }

  #dueBefore(one: number, other: number): boolean {
    return (this.#deadlines[one] as number) < (this.#deadlines[other] as number);
  }
}
