import type { Meter } from "./meter.ts";
import { NEVER, type Problem, type TransitionClass } from "./problem.ts";

/** The end of a list of open operations. */
const NONE = -1;

/**
 * The operations that are open at one position of the history, kept up to date while the search moves over it in both
 * directions.
 *
 * Completed operations have a slot, reused once they have returned: one numbering for those with an effect, one for
 * pure ones. Crashed operations never return; their slots are their numbers in order of invocation.
 *
 * Cost: O(1) an event backwards; forwards O(k) for an invocation, k the operations open, as they are listed in order of
 * their deadlines. 24 bytes an operation.
 */
export class Window {
  readonly #problem: Problem;
  /** Slot of each operation, among its kind. */
  readonly slots: Int32Array;
  readonly isPure: Uint8Array;
  readonly effectSlots: number;
  readonly pureSlots: number;
  /** The crashed operations, in order of invocation; the first `crashedOpen` are open. */
  readonly crashed: Int32Array;
  crashedOpen = 0;
  /** The operation that returns at each position. */
  readonly returning: Int32Array;
  /** Events that have happened. */
  #at = 0;
  /** Doubly linked lists in order of deadline, each with a sentinel as head and tail. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #effectList: number;
  readonly #pureList: number;
  #openCount = 0;

  constructor(problem: Problem, meter: Meter) {
    const { size, deadlines, classOf, classes, completions } = problem;
    meter.allocate(size * 24);
    this.#problem = problem;
    this.slots = new Int32Array(size);
    this.isPure = new Uint8Array(size);
    this.crashed = new Int32Array(size);
    this.returning = new Int32Array(completions);
    this.#next = new Int32Array(size + 2);
    this.#previous = new Int32Array(size + 2);
    this.#effectList = size;
    this.#pureList = size + 1;
    for (const list of [this.#effectList, this.#pureList]) {
      this.#next[list] = list;
      this.#previous[list] = list;
    }
    for (let operation = 0; operation < size; operation++) {
      this.isPure[operation] = (classes[classOf[operation] as number] as TransitionClass).pure ? 1 : 0;
      const deadline = deadlines[operation] as number;
      if (deadline !== NEVER) this.returning[deadline] = operation;
    }
    const counts = this.#assignSlots();
    this.effectSlots = counts.effect;
    this.pureSlots = counts.pure;
    this.crashed = this.crashed.slice(0, counts.crashed);
  }

  /** Operations that are open, crashed ones included. */
  get openCount(): number {
    return this.#openCount;
  }

  /** The next event, or -1 at the end. */
  get upcoming(): number {
    return this.#at < this.#problem.events.length ? (this.#problem.events[this.#at] as number) : NONE;
  }

  /** The open operation with an effect that is due first, or -1; crashed ones are listed apart. */
  get firstEffect(): number {
    return this.#after(this.#effectList, this.#effectList);
  }

  get firstPure(): number {
    return this.#after(this.#pureList, this.#pureList);
  }

  nextEffect(operation: number): number {
    return this.#after(operation, this.#effectList);
  }

  nextPure(operation: number): number {
    return this.#after(operation, this.#pureList);
  }

  /** Lets the next event happen. */
  forward(): void {
    const event = this.#problem.events[this.#at++] as number;
    const operation = event >> 1;
    if (event & 1) {
      const before = this.#previous[operation] as number;
      const after = this.#next[operation] as number;
      this.#next[before] = after;
      this.#previous[after] = before;
      this.#openCount--;
      return;
    }
    this.#openCount++;
    const deadline = this.#problem.deadlines[operation] as number;
    if (deadline === NEVER) {
      this.crashedOpen++;
      return;
    }
    const list = this.isPure[operation] ? this.#pureList : this.#effectList;
    let before = this.#previous[list] as number;
    while (before !== list && (this.#problem.deadlines[before] as number) > deadline) {
      before = this.#previous[before] as number;
    }
    const after = this.#next[before] as number;
    this.#next[before] = operation;
    this.#previous[operation] = before;
    this.#next[operation] = after;
    this.#previous[after] = operation;
  }

  /** Takes events back until the completion at `position` is the next event. */
  backTo(position: number): void {
    const target = ((this.returning[position] as number) << 1) | 1;
    while (this.upcoming !== target) this.#backward();
  }

  #backward(): void {
    const event = this.#problem.events[--this.#at] as number;
    const operation = event >> 1;
    if (event & 1) {
      // Its neighbours are those it had when it left: everything since has been taken back.
      this.#next[this.#previous[operation] as number] = operation;
      this.#previous[this.#next[operation] as number] = operation;
      this.#openCount++;
      return;
    }
    this.#openCount--;
    if (this.#problem.deadlines[operation] === NEVER) {
      this.crashedOpen--;
      return;
    }
    const before = this.#previous[operation] as number;
    const after = this.#next[operation] as number;
    this.#next[before] = after;
    this.#previous[after] = before;
  }

  #after(operation: number, list: number): number {
    const next = this.#next[operation] as number;
    return next === list ? NONE : next;
  }

  #assignSlots(): { effect: number; pure: number; crashed: number } {
    const free: { effect: number[]; pure: number[] } = { effect: [], pure: [] };
    const counts = { effect: 0, pure: 0, crashed: 0 };
    for (const event of this.#problem.events) {
      const operation = event >> 1;
      const kind = this.isPure[operation] ? "pure" : "effect";
      if (event & 1) free[kind].push(this.slots[operation] as number);
      else if (this.#problem.deadlines[operation] === NEVER) {
        this.crashed[counts.crashed] = operation;
        this.slots[operation] = counts.crashed++;
      } else this.slots[operation] = free[kind].pop() ?? counts[kind]++;
    }
    return counts;
  }
}
