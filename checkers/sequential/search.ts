import type { Meter } from "../linearizable/meter.ts";
import { REJECTED } from "../linearizable/search/transitions.ts";
import { INITIAL, NONE } from "../register-history/register-history.ts";
import { DeadEnds } from "./dead-ends.ts";
import type { SequentialProblem } from "./problem.ts";

/** How far a search came. */
export interface Progress {
  /** The most operations that were in order at one time. */
  placed: number;
  /** How many times it chose. */
  choices: number;
}

/** In place of the operation that wrote last: the initial value. */
const NOBODY = -1;

/**
 * An order of all operations, those that may be absent aside, that keeps the order of each session and in which each object
 * behaves like the model; undefined where there is none.
 *
 * Depth first, with the positions of the sessions and the states of the objects as a configuration. What is pure and fits is
 * placed at once: it changes nothing, and goes with any continuation. Of the rest one after the other is tried, the one that
 * completed first first, and a configuration from which nothing led to the end is not entered again. What is forced is waited
 * for; and where it is known who read from whom, nobody writes while the value that is there has readers left, as it
 * never comes again.
 *
 * Cost: O(n·k) for n operations in k sessions without backtracking; exponential in k at worst (the problem is NP-complete: Gibbons and
 * Korach, SIAM J. Comput. 26(4), 1997). The meter throws where the budget is spent.
 */
export function findOrder(
  problem: SequentialProblem,
  meter: Meter,
  progress: Progress,
): Int32Array | undefined {
  const walk = new Walk(problem);
  const deadEnds = new DeadEnds(problem.chains.length + problem.objects.length, meter);
  meter.allocate(problem.size * 64);
  /** What can be chosen after so many operations, and how many of these were tried. */
  const branches: { readonly depth: number; readonly choices: readonly number[]; tried: number }[] = [];
  for (;;) {
    walk.placePure();
    progress.placed = Math.max(progress.placed, walk.trail.length);
    if (walk.isComplete) return Int32Array.from(walk.trail);
    const depth = walk.trail.length;
    const choices = deadEnds.has(walk.configuration()) ? [] : walk.choices();
    if (choices.length > 0) branches.push({ depth, choices, tried: 0 });
    else deadEnds.add(walk.configuration());
    for (;;) {
      const branch = branches.at(-1);
      if (branch === undefined) return undefined;
      walk.undo(branch.depth);
      const next = branch.choices[branch.tried++];
      if (next !== undefined) {
        if ((++progress.choices & 63) === 0) meter.spend(64);
        meter.enter?.();
        walk.place(next);
        break;
      }
      deadEnds.add(walk.configuration());
      branches.pop();
    }
  }
}

/** A beginning of an order, and what follows from it. */
class Walk {
  /** The operations placed, in order. */
  readonly trail: number[] = [];
  readonly #problem: SequentialProblem;
  readonly #isPlaced: Uint8Array;
  /** Of each chain how many are placed, then of each object its state. */
  readonly #configuration: Int32Array;
  readonly #sessions: number;
  /** For each object who wrote last. */
  readonly #writer: Int32Array;
  /** For each operation, then each initial value, how many readers it has left. */
  readonly #readersLeft: Int32Array;
  /** What placing each of the trail undid: state and writer of its object. */
  readonly #undo: number[] = [];
  #left: number;

  constructor(problem: SequentialProblem) {
    const { size, chains, objects, optional, forced, object } = problem;
    this.#problem = problem;
    this.#isPlaced = new Uint8Array(size);
    this.#sessions = chains.length;
    this.#configuration = new Int32Array(chains.length + objects.length);
    this.#writer = new Int32Array(objects.length).fill(NOBODY);
    this.#readersLeft = new Int32Array(size + objects.length);
    this.#left = optional.reduce((left, absent) => left + 1 - absent, 0);
    if (forced !== undefined) {
      for (let operation = 0; operation < size; operation++) {
        const version = versionRead(forced.source[operation] as number, object[operation] as number, size);
        if (version !== NONE) this.#readersLeft[version] = (this.#readersLeft[version] as number) + 1;
      }
    }
  }

  get isComplete(): boolean {
    return this.#left === 0;
  }

  /** Changes with the walk. */
  configuration(): Int32Array {
    return this.#configuration;
  }

  /** Places whatever is pure, can come next and fits, until nothing does. */
  placePure(): void {
    const { pure, chains } = this.#problem;
    for (let changed = true; changed; ) {
      changed = false;
      for (const [chain, nodes] of chains.entries()) {
        for (;;) {
          const next = nodes[this.#configuration[chain] as number];
          if (next === undefined || pure[next] === 0 || !this.#canBeNext(next)) break;
          if (this.#stateAfter(next) === REJECTED) break;
          this.place(next);
          changed = true;
        }
      }
    }
  }

  /** What has an effect and can come next, in the order in which it should be tried. */
  choices(): number[] {
    const { chains, pure, turn, optional } = this.#problem;
    const found: number[] = [];
    for (const [chain, nodes] of chains.entries()) {
      const next = nodes[this.#configuration[chain] as number];
      if (next === undefined || pure[next] === 1 || !this.#canBeNext(next)) continue;
      if (this.#isLocked(next)) continue;
      const after = this.#stateAfter(next);
      if (after === REJECTED || (optional[next] === 1 && !this.#isOfUse(next, after))) continue;
      found.push(next);
    }
    return found.sort((a, b) => (turn[a] as number) - (turn[b] as number) || a - b);
  }

  place(operation: number): void {
    const { chain, object, pure, optional } = this.#problem;
    const at = object[operation] as number;
    const state = this.#configuration[this.#sessions + at] as number;
    this.#undo.push(state, this.#writer[at] as number);
    if (pure[operation] === 0) {
      this.#configuration[this.#sessions + at] = this.#stateAfter(operation);
      this.#writer[at] = operation;
    }
    this.#move(chain[operation] as number, 1);
    this.#isPlaced[operation] = 1;
    this.#countReaders(operation, -1);
    if (optional[operation] === 0) this.#left--;
    this.trail.push(operation);
  }

  /** Takes back whatever was placed after the first `depth`. */
  undo(depth: number): void {
    const { chain, object, optional } = this.#problem;
    while (this.trail.length > depth) {
      const operation = this.trail.pop() as number;
      const at = object[operation] as number;
      this.#writer[at] = this.#undo.pop() as number;
      this.#configuration[this.#sessions + at] = this.#undo.pop() as number;
      this.#move(chain[operation] as number, -1);
      this.#isPlaced[operation] = 0;
      this.#countReaders(operation, 1);
      if (optional[operation] === 0) this.#left++;
    }
  }

  #move(chain: number, by: number): void {
    this.#configuration[chain] = (this.#configuration[chain] as number) + by;
  }

  #countReaders(operation: number, by: number): void {
    const { forced, object, size } = this.#problem;
    if (forced === undefined) return;
    const version = versionRead(forced.source[operation] as number, object[operation] as number, size);
    if (version !== NONE) this.#readersLeft[version] = (this.#readersLeft[version] as number) + by;
  }

  #canBeNext(operation: number): boolean {
    const { before, forced } = this.#problem;
    const earlier = before[operation] as number;
    if (earlier !== NONE && this.#isPlaced[earlier] === 0) return false;
    for (const other of forced?.after[operation] ?? []) if (this.#isPlaced[other] === 0) return false;
    return true;
  }

  /** Whether the value that the operation would overwrite has other readers left. */
  #isLocked(operation: number): boolean {
    const { forced, object, size } = this.#problem;
    if (forced === undefined) return false;
    const at = object[operation] as number;
    const writer = this.#writer[at] as number;
    const version = writer === NOBODY ? size + at : writer;
    const own = versionRead(forced.source[operation] as number, at, size) === version ? 1 : 0;
    return (this.#readersLeft[version] as number) > own;
  }

  /**
   * Whether it is worth placing now an operation that may be absent. One that succeeds in any state and leaves a known one can
   * wait until right before an operation that finds it; before one that does not look it can as well be absent.
   */
  #isOfUse(operation: number, after: number): boolean {
    const { object, objects, classOf, chains } = this.#problem;
    const at = object[operation] as number;
    const transitions = objects[at];
    if (transitions === undefined || !transitions.isBlind(classOf[operation] as number)) return true;
    for (const [chain, nodes] of chains.entries()) {
      const next = nodes[this.#configuration[chain] as number];
      if (next === undefined || next === operation || object[next] !== at || !this.#canBeNext(next)) continue;
      const number = classOf[next] as number;
      if (!transitions.isBlind(number) && transitions.next(after, number) !== REJECTED) return true;
    }
    return false;
  }

  #stateAfter(operation: number): number {
    const { object, objects, classOf } = this.#problem;
    const at = object[operation] as number;
    const state = this.#configuration[this.#sessions + at] as number;
    return objects[at]?.next(state, classOf[operation] as number) ?? REJECTED;
  }
}

/** A write by its number, an initial value by that of its object behind them. */
function versionRead(source: number, object: number, size: number): number {
  return source === INITIAL ? size + object : source;
}
