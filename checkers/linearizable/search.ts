import { ConfigurationTable, KNOWN } from "./configuration-table.ts";
import { BudgetExceeded, type Exhausted, type Meter } from "./meter.ts";
import type { Problem } from "./problem.ts";
import { INITIAL, REJECTED, type Transitions } from "./transitions.ts";
import { Window } from "./window.ts";

/**
 * What the search may leave out. Each is sound by an exchange argument, given where it is applied; all are on but in
 * tests.
 */
export interface Reductions {
  /** R1: a pure operation takes effect as soon as its answer is right. */
  readonly pureAtOnce: boolean;
  /** R2: of open operations of one class only the one that is due first is tried. */
  readonly earliestTwin: boolean;
  /** R3: a configuration that used more crashed operations, or left more pure ones waiting, is not entered. */
  readonly dominance: boolean;
}

export const ALL_REDUCTIONS: Reductions = { pureAtOnce: true, earliestTwin: true, dominance: true };

/** How far a search got. */
export interface Progress {
  /** Completions that were placed, in the order that got furthest. */
  readonly position: number;
  readonly completions: number;
  /** Operations open there. */
  readonly open: number;
  readonly configurations: number;
}

export type SearchResult =
  | { readonly verdict: "valid"; readonly progress: Progress }
  /** The completion at `progress.position` cannot be placed; everything before it can. */
  | { readonly verdict: "invalid"; readonly progress: Progress }
  | { readonly verdict: "unknown"; readonly exhausted: Exhausted; readonly progress: Progress };

/**
 * Looks for a linearization: an order of all completed and some crashed operations that extends real time and in which
 * the model gives every answer that was seen.
 *
 * Depth first over configurations (position of the first completion whose operation has no place yet, state, which of
 * the open operations have one). Only operations invoked before that completion may come next, and what is possible
 * from a configuration does not depend on how it was reached, so none is entered twice (Wing and Gong, JPDC 17, 1993;
 * Lowe, CCPE 29(4), 2017). A configuration holds the window of open operations and not the history, so that a walk
 * without backtracking costs O(n·k) time and O(n) memory, n operations, k open at a time. In the worst case both are
 * exponential in the number of open operations that differ.
 */
export function search(
  problem: Problem,
  transitions: () => Transitions,
  meter: Meter,
  reductions: Reductions = ALL_REDUCTIONS,
): SearchResult {
  const progress = { position: 0, completions: problem.completions, open: 0, configurations: 0 };
  try {
    const verdict = walk(problem, transitions(), meter, reductions, progress);
    return { verdict, progress };
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    return { verdict: "unknown", exhausted: error.exhausted, progress };
  }
}

/** Steps between two looks at the budget. */
const STEPS_PER_LOOK = 1024;
/** What is on the stack for one configuration: its row, and the operation that was tried last. */
const FRAME = 2;

function walk(
  problem: Problem,
  transitions: Transitions,
  meter: Meter,
  { pureAtOnce, earliestTwin, dominance }: Reductions,
  progress: { -readonly [P in keyof Progress]: Progress[P] },
): "valid" | "invalid" {
  const { classOf, completions } = problem;
  const window = new Window(problem, meter);
  const { slots, isPure, crashed, returning } = window;
  const crashedBits = 32 * Math.ceil(window.effectSlots / 32);
  const pureBits = crashedBits + crashed.length;
  const words = Math.ceil((pureBits + window.pureSlots) / 32);
  /**
   * The bits of the configuration at hand. For an open operation with an effect: it has its place; the same for a
   * crashed one; for a pure one the other way round: it still waits. So the fewer crashed and pure bits the better.
   */
  const bits = new Int32Array(words);
  const table = new ConfigurationTable(
    { exactWords: crashedBits / 32, burdenWords: words - crashedBits / 32, dominance },
    meter,
  );
  /** The scan in which a class was offered last, so that its later twins are passed over. */
  meter.allocate(problem.classes.length * 8);
  const offered = new Float64Array(problem.classes.length);
  let scan = 0;
  let position = 0;
  let state = INITIAL;
  let steps = 0;

  const has = (bit: number) => ((bits[bit >> 5] as number) & (1 << (bit & 31))) !== 0;
  const set = (bit: number) => {
    bits[bit >> 5] = (bits[bit >> 5] as number) | (1 << (bit & 31));
  };
  const clear = (bit: number) => {
    bits[bit >> 5] = (bits[bit >> 5] as number) & ~(1 << (bit & 31));
  };
  const look = () => {
    if (++steps % STEPS_PER_LOOK === 0) {
      progress.configurations = table.count;
      meter.spend(STEPS_PER_LOOK);
    }
  };
  const next = (operation: number) => transitions.next(state, classOf[operation] as number);

  /** Lets events happen up to the next completion. */
  const admit = () => {
    for (let event = window.upcoming; event !== -1 && (event & 1) === 0; event = window.upcoming) {
      const operation = event >> 1;
      window.forward();
      if (isPure[operation] && !(pureAtOnce && next(operation) !== REJECTED)) {
        set(pureBits + (slots[operation] as number));
      }
    }
  };
  /** R1, after the state has changed. */
  const answerPure = () => {
    for (let operation = window.firstPure; operation !== -1; operation = window.nextPure(operation)) {
      const bit = pureBits + (slots[operation] as number);
      if (has(bit) && next(operation) !== REJECTED) clear(bit);
    }
  };
  /** Moves on while the operation that returns next has its place. */
  const settle = () => {
    while (position < completions) {
      const operation = returning[position] as number;
      const slot = slots[operation] as number;
      if (isPure[operation]) {
        if (has(pureBits + slot)) break;
      } else {
        if (!has(slot)) break;
        clear(slot);
      }
      position++;
      window.forward();
      admit();
      look();
    }
    if (position > progress.position) {
      progress.position = position;
      progress.open = window.openCount;
    }
  };
  /** The next operation to try at the configuration at hand, after `tried` (-1: from the start), or -1. */
  const candidate = (tried: number): number => {
    let passed = tried === -1;
    scan++;
    /** Whether to try it, as far as its class is concerned; and whether it is past the one tried last. */
    const isNew = (operation: number): boolean => {
      if (earliestTwin) {
        const number = classOf[operation] as number;
        if (offered[number] === scan) return false;
        offered[number] = scan;
      }
      if (passed) return next(operation) !== REJECTED;
      passed = operation === tried;
      return false;
    };
    for (let operation = window.firstEffect; operation !== -1; operation = window.nextEffect(operation)) {
      if (!has(slots[operation] as number) && isNew(operation)) return operation;
    }
    if (!pureAtOnce) {
      for (let operation = window.firstPure; operation !== -1; operation = window.nextPure(operation)) {
        if (has(pureBits + (slots[operation] as number)) && isNew(operation)) return operation;
      }
    }
    for (let index = 0; index < window.crashedOpen; index++) {
      const operation = crashed[index] as number;
      if (!has(crashedBits + index) && isNew(operation)) return operation;
    }
    return -1;
  };

  admit();
  settle();
  progress.open = window.openCount;
  if (position === completions) return "valid";
  meter.allocate(64 * FRAME * 4);
  let stack = new Int32Array(64 * FRAME);
  let depth = 0;
  stack[0] = table.add(position, state, bits);
  stack[1] = -1;
  for (;;) {
    look();
    const row = stack[depth * FRAME] as number;
    const chosen = candidate(stack[depth * FRAME + 1] as number);
    if (chosen === -1) {
      progress.configurations = table.count;
      if (depth-- === 0) return "invalid";
      const back = stack[depth * FRAME] as number;
      position = table.position(back);
      state = table.state(back);
      table.readBits(back, bits);
      window.backTo(position);
      continue;
    }
    stack[depth * FRAME + 1] = chosen;
    const before = state;
    state = next(chosen);
    const slot = slots[chosen] as number;
    if (isPure[chosen]) clear(pureBits + slot);
    else if (slot < crashed.length && crashed[slot] === chosen) set(crashedBits + slot);
    else set(slot);
    if (pureAtOnce && state !== before) answerPure();
    settle();
    progress.configurations = table.count;
    if (position === completions) return "valid";
    const entered = table.add(position, state, bits);
    if (entered === KNOWN) {
      position = table.position(row);
      state = table.state(row);
      table.readBits(row, bits);
      window.backTo(position);
      continue;
    }
    depth++;
    if ((depth + 1) * FRAME > stack.length) {
      meter.allocate(stack.byteLength * 2);
      const grown = new Int32Array(stack.length * 2);
      grown.set(stack);
      meter.allocate(-stack.byteLength);
      stack = grown;
    }
    stack[depth * FRAME] = entered;
    stack[depth * FRAME + 1] = -1;
  }
}
