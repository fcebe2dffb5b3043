import { invariant } from "../../harness/errors.ts";
import type { Json } from "../../harness/history/operation.ts";
import { countOf, covers, type VectorClock } from "./vector-clock.ts";

/** One update: the `number`-th of its origin, to be delivered after `after`: mostly all that its origin had seen. */
export type CausalEntry<Body extends Json> = {
  readonly origin: string;
  readonly number: number;
  readonly after: VectorClock;
  readonly body: Body;
};

/**
 * Delivery in causal order (Birman, Schiper and Stephenson, Lightweight Causal and Atomic Group Multicast, TOCS 1991,
 * section 5): an update waits until all that it comes after is delivered, and what its origin made before. Every update is
 * delivered once, however often it arrives, and kept, so that whoever lacks it can have it from anybody.
 */
export class CausalLog<Body extends Json> {
  readonly #id: string;
  /** The updates in the order in which they were delivered. */
  readonly #delivered: CausalEntry<Body>[] = [];
  readonly #waiting = new Map<string, CausalEntry<Body>>();
  #clock: VectorClock = {};

  constructor(id: string) {
    this.#id = id;
  }

  /** What is delivered here. */
  get clock(): VectorClock {
    return this.#clock;
  }

  /** Makes an update of this node, which is delivered here at once. It comes after all that is, unless `after` says less. */
  create(body: Body, after: VectorClock = this.#clock): CausalEntry<Body> {
    const entry = { origin: this.#id, number: countOf(this.#clock, this.#id) + 1, after, body };
    this.#deliver(entry);
    return entry;
  }

  /** Takes an update that arrived; those that can be delivered now, in causal order. Cost: O(waiting) for each of them. */
  receive(arrived: CausalEntry<Body>): readonly CausalEntry<Body>[] {
    if (countOf(this.#clock, arrived.origin) >= arrived.number) return [];
    this.#waiting.set(`${arrived.origin} ${arrived.number}`, arrived);
    const deliverable: CausalEntry<Body>[] = [];
    for (let entry = this.#ready(); entry !== undefined; entry = this.#ready()) {
      this.#waiting.delete(`${entry.origin} ${entry.number}`);
      this.#deliver(entry);
      deliverable.push(entry);
    }
    return deliverable;
  }

  /**
   * What is delivered here and not covered by `clock`, in an order in which it can be delivered there: that of this node;
   * `limit` at most. Cost: O(1) where nothing is missing, else O(delivered).
   */
  missingFrom(clock: VectorClock, limit: number): readonly CausalEntry<Body>[] {
    if (covers(clock, this.#clock)) return [];
    return this.#delivered.filter(({ origin, number }) => number > countOf(clock, origin)).slice(0, limit);
  }

  #ready(): CausalEntry<Body> | undefined {
    for (const entry of this.#waiting.values()) {
      const next = countOf(this.#clock, entry.origin) + 1;
      if (entry.number === next && covers(this.#clock, entry.after)) return entry;
    }
    return undefined;
  }

  #deliver(entry: CausalEntry<Body>): void {
    invariant(
      countOf(this.#clock, entry.origin) === entry.number - 1,
      `${this.#id} delivers ${entry.origin} ${entry.number} out of order`,
    );
    this.#delivered.push(entry);
    this.#clock = { ...this.#clock, [entry.origin]: entry.number };
  }
}
