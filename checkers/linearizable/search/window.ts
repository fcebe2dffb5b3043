import type { Meter } from "../meter.ts";
import { NEVER, type Problem, type TransitionClass } from "../preparation/problem.ts";

/** The end of a list of open operations. */
const NONE = -1;

/** What an operation is to the search. */
export const Role = {
  /** Leaves every state as it is; its answer has to be right once. Its bit: it still waits for that. */
  pure: 0,
  /** Has an effect that depends on the state, and certainly took place. Its bit: it has its place. */
  firm: 1,
  /** Succeeds in every state and leaves one that is known. Its bit: it cannot be used any more. */
  blind: 2,
  /** Has an effect that depends on the state, and need not have taken place. Its bit: it cannot be used any more. */
  optional: 3,
} as const;

/** What the search works on: a problem, and how it begins. */
export interface Setting {
  readonly problem: Problem;
  /** Operations numbered below this one were open before the first event, and need not take place. */
  readonly openAtStart: number;
  /** Whether operations of a class overwrite whatever was there. */
  isBlind(classNumber: number): boolean;
}

/**
 * The operations that are open at one position of the history, kept up to date while the search moves over it in both
 * directions.
 *
 * Each operation has a bit while it is open, reused once it has returned: one numbering, the exact bits, for firm
 * operations, and one after that for all others. Crashed operations never return and keep theirs.
 *
 * Cost: O(1) an event backwards; forwards O(k) for an invocation, k the operations open, as they are listed in order of
 * their deadlines. 29 bytes an operation.
 */
export class Window {
  readonly #events: Int32Array;
  readonly #deadlines: Int32Array;
  readonly roles: Uint8Array;
  /** The bit of each operation while it is open. */
  readonly bitOf: Int32Array;
  /** Completions before the invocation of each operation; -1 where it was open at the start. */
  readonly calls: Int32Array;
  /** Words of bits, those with exact bits first. */
  readonly exactWords: number;
  readonly words: number;
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
  readonly #size: number;
  #openCount = 0;

  constructor({ problem, openAtStart, isBlind }: Setting, meter: Meter) {
    const { size, deadlines, classOf, classes, completions, events } = problem;
    meter.allocate(size * 29);
    this.#events = events;
    this.#deadlines = deadlines;
    this.#size = size;
    this.roles = new Uint8Array(size);
    this.bitOf = new Int32Array(size);
    this.calls = new Int32Array(size);
    this.returning = new Int32Array(completions);
    this.#next = new Int32Array(size + 3);
    this.#previous = new Int32Array(size + 3);
    for (let list = size; list < size + 3; list++) {
      this.#next[list] = list;
      this.#previous[list] = list;
    }
    let crashed = 0;
    for (let operation = 0; operation < size; operation++) {
      const number = classOf[operation] as number;
      const deadline = deadlines[operation] as number;
      if (deadline === NEVER) crashed++;
      else this.returning[deadline] = operation;
      const pure = (classes[number] as TransitionClass).pure && deadline !== NEVER;
      const firm = deadline !== NEVER && operation >= openAtStart;
      if (pure) this.roles[operation] = Role.pure;
      else if (isBlind(number)) this.roles[operation] = Role.blind;
      else this.roles[operation] = firm ? Role.firm : Role.optional;
    }
    this.crashed = new Int32Array(crashed);
    const { exact, burden } = this.#assignBits(openAtStart);
    this.exactWords = Math.ceil(exact / 32);
    this.words = this.exactWords + Math.ceil(burden / 32);
    for (let operation = 0; operation < size; operation++) {
      if (this.roles[operation] !== Role.firm) {
        this.bitOf[operation] = (this.bitOf[operation] as number) + 32 * this.exactWords;
      }
    }
  }

  /** Operations that are open, crashed ones included. */
  get openCount(): number {
    return this.#openCount;
  }

  /** The next event, or -1 at the end. */
  get upcoming(): number {
    return this.#at < this.#events.length ? (this.#events[this.#at] as number) : NONE;
  }

  /** The first open operation of a list, or -1; lists are in order of deadline, crashed operations in none of them. */
  get firstPure(): number {
    return this.#after(this.#size + PURE, this.#size + PURE);
  }

  nextPure(operation: number): number {
    return this.#after(operation, this.#size + PURE);
  }

  get firstBlind(): number {
    return this.#after(this.#size + BLIND, this.#size + BLIND);
  }

  nextBlind(operation: number): number {
    return this.#after(operation, this.#size + BLIND);
  }

  /** Those whose effect depends on the state. */
  get firstOther(): number {
    return this.#after(this.#size + OTHER, this.#size + OTHER);
  }

  nextOther(operation: number): number {
    return this.#after(operation, this.#size + OTHER);
  }

  /** All operations that are open, those that crashed last. */
  *open(): Generator<number> {
    for (const list of [OTHER, BLIND, PURE]) {
      const sentinel = this.#size + list;
      for (let at = this.#next[sentinel] as number; at !== sentinel; at = this.#next[at] as number) yield at;
    }
    yield* this.crashed.subarray(0, this.crashedOpen);
  }

  /** Whether an operation returns at all. */
  returns(operation: number): boolean {
    return this.#deadlines[operation] !== NEVER;
  }

  /** Lets the next event happen. */
  forward(): void {
    const event = this.#events[this.#at++] as number;
    const operation = event >> 1;
    if (event & 1) {
      this.#unlink(operation);
      this.#openCount--;
      return;
    }
    this.#openCount++;
    const deadline = this.#deadlines[operation] as number;
    if (deadline === NEVER) {
      this.crashedOpen++;
      return;
    }
    const list = this.#listOf(operation);
    let before = this.#previous[list] as number;
    while (before !== list && (this.#deadlines[before] as number) > deadline) {
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
    const event = this.#events[--this.#at] as number;
    const operation = event >> 1;
    if (event & 1) {
      // Its neighbours are those it had when it left: everything since has been taken back.
      this.#next[this.#previous[operation] as number] = operation;
      this.#previous[this.#next[operation] as number] = operation;
      this.#openCount++;
      return;
    }
    this.#openCount--;
    if (this.#deadlines[operation] === NEVER) this.crashedOpen--;
    else this.#unlink(operation);
  }

  #unlink(operation: number): void {
    const before = this.#previous[operation] as number;
    const after = this.#next[operation] as number;
    this.#next[before] = after;
    this.#previous[after] = before;
  }

  #listOf(operation: number): number {
    const role = this.roles[operation];
    return this.#size + (role === Role.pure ? PURE : role === Role.blind ? BLIND : OTHER);
  }

  #after(operation: number, list: number): number {
    const next = this.#next[operation] as number;
    return next === list ? NONE : next;
  }

  #assignBits(openAtStart: number): { exact: number; burden: number } {
    const free = { exact: [] as number[], burden: [] as number[] };
    const counts = { exact: 0, burden: 0 };
    let crashed = 0;
    let position = 0;
    for (const event of this.#events) {
      const operation = event >> 1;
      const numbering = this.roles[operation] === Role.firm ? "exact" : "burden";
      if (event & 1) {
        free[numbering].push(this.bitOf[operation] as number);
        position++;
        continue;
      }
      this.bitOf[operation] = free[numbering].pop() ?? counts[numbering]++;
      this.calls[operation] = operation < openAtStart ? -1 : position;
      if (this.#deadlines[operation] === NEVER) this.crashed[crashed++] = operation;
    }
    return counts;
  }
}

/** Lists, by the number of their sentinel after the operations. */
const PURE = 0;
const BLIND = 1;
const OTHER = 2;
