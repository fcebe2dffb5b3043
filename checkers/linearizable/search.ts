import { ConfigurationTable, KNOWN } from "./configuration-table.ts";
import { BudgetExceeded, type Exhausted, type Meter } from "./meter.ts";
import { NEVER, type Problem } from "./problem.ts";
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
interface Progress {
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
/**
 * What is on the stack for one configuration: its row, the operation that was tried last, and, where a crashed operation
 * led to it and answered nobody, the state before that (else -1).
 */
const FRAME = 3;

function walk(
  problem: Problem,
  transitions: Transitions,
  meter: Meter,
  { pureAtOnce, earliestTwin, dominance }: Reductions,
  progress: { -readonly [P in keyof Progress]: Progress[P] },
): "valid" | "invalid" {
  const { size, classOf, completions } = problem;
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
  /** The scan in which a class was met last, so that its later twins are passed over. */
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
  /** R1, after the state has changed. True where one was answered. */
  const answerPure = (): boolean => {
    let answered = false;
    for (let operation = window.firstPure; operation !== -1; operation = window.nextPure(operation)) {
      const bit = pureBits + (slots[operation] as number);
      if (!has(bit) || next(operation) === REJECTED) continue;
      clear(bit);
      answered = true;
    }
    return answered;
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
  /**
   * The next operation to try at the configuration at hand after `tried`, or -1. Those that let the operation that
   * returns next have its place come first, in order of deadline, then the others; `size` is added to the number of one
   * that is tried as one of the others. Without that order a read among many open writes is found by chance alone.
   */
  const candidate = (tried: number, unused: number): number => {
    if (tried < size) {
      const helpful = scanFor(true, tried, unused);
      if (helpful !== -1) return helpful;
    }
    const other = scanFor(false, tried < size ? -1 : tried - size, unused);
    return other === -1 ? -1 : other + size;
  };
  /**
   * The first candidate after `tried` (-1: of all) that is, or is not, helpful. `unused` is the state before a crashed
   * operation that answered nobody, if one led here: what would have come out the same without it is better had without
   * it (R3, seen in advance; otherwise depth first goes through every set of crashed operations, the large ones first).
   */
  const scanFor = (helpful: boolean, tried: number, unused: number): number => {
    let passed = tried === -1;
    scan++;
    const due = returning[position] as number;
    const isNext = (operation: number): boolean => {
      const number = classOf[operation] as number;
      if (earliestTwin) {
        if (offered[number] === scan) return false;
        offered[number] = scan;
      }
      if (!passed) {
        passed = operation === tried;
        return false;
      }
      const after = transitions.next(state, number);
      if (after === REJECTED) return false;
      if (unused !== -1 && transitions.next(unused, number) === after) return false;
      const helps = operation === due || transitions.next(after, classOf[due] as number) !== REJECTED;
      return helps === helpful;
    };
    for (let operation = window.firstEffect; operation !== -1; operation = window.nextEffect(operation)) {
      if (!has(slots[operation] as number) && isNext(operation)) return operation;
    }
    if (!pureAtOnce) {
      for (let operation = window.firstPure; operation !== -1; operation = window.nextPure(operation)) {
        if (has(pureBits + (slots[operation] as number)) && isNext(operation)) return operation;
      }
    }
    for (let index = 0; index < window.crashedOpen; index++) {
      const operation = crashed[index] as number;
      if (!has(crashedBits + index) && isNext(operation)) return operation;
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
  stack[2] = -1;
  for (;;) {
    look();
    const row = stack[depth * FRAME] as number;
    const tried = candidate(stack[depth * FRAME + 1] as number, stack[depth * FRAME + 2] as number);
    if (tried === -1) {
      progress.configurations = table.count;
      if (depth-- === 0) return "invalid";
      const back = stack[depth * FRAME] as number;
      position = table.position(back);
      state = table.state(back);
      table.readBits(back, bits);
      window.backTo(position);
      continue;
    }
    stack[depth * FRAME + 1] = tried;
    const chosen = tried % size;
    const before = state;
    state = next(chosen);
    const slot = slots[chosen] as number;
    const isCrashed = problem.deadlines[chosen] === NEVER;
    if (isPure[chosen]) clear(pureBits + slot);
    else set(isCrashed ? crashedBits + slot : slot);
    const from = position;
    const answered = pureAtOnce && state !== before && answerPure();
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
    stack[depth * FRAME + 2] = dominance && isCrashed && !answered && position === from ? before : -1;
  }
}
