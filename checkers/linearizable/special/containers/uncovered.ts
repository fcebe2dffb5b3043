/**
 * Instants that get covered, never uncovered again: which is the next one that is not? Union-find with path halving.
 * Cost: O(α(n)) amortised for each instant covered and each question.
 */
export class Uncovered {
  /** Of an uncovered instant itself, of a covered one some instant behind it. */
  readonly #next: Int32Array;

  /** Instants 0 … count; the last is never covered, so that there is always a next one. */
  constructor(count: number) {
    this.#next = new Int32Array(count + 1);
    for (let instant = 0; instant <= count; instant++) this.#next[instant] = instant;
  }

  /** The first uncovered instant from `instant` on. */
  from(instant: number): number {
    const next = this.#next;
    let at = instant;
    while (next[at] !== at) {
      next[at] = next[next[at] as number] as number;
      at = next[at] as number;
    }
    return at;
  }

  /** Covers `first` … `last`; nothing where `last` is smaller. */
  cover(first: number, last: number): void {
    for (let at = this.from(first); at <= last; at = this.from(at)) this.#next[at] = at + 1;
  }
}
