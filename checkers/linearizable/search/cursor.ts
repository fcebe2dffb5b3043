import type { Meter } from "../meter.ts";
import type { Configuration, ConfigurationTable } from "./configuration-table.ts";
import type { Reductions } from "./reductions.ts";
import { REJECTED, type Transitions } from "./transitions.ts";
import { Role, type Setting, Window } from "./window.ts";

/** Where a configuration is between two completions; from 0 on the state of a segment that is being put in. */
export const Phase = {
  /** The operation that is due has just come up. */
  front: -1,
  /** A blind operation was placed since, so that only what depends on the state may follow. */
  moved: -2,
  /** Operations whose effect depends on the state were placed since; the segment in front goes on or is ended. */
  leaving: -3,
} as const;

/** What can be done with an operation, in the low two bits of a move; the others are its number. */
export const Move = {
  /** It is placed after everything else. */
  front: 0,
  /** It begins or continues a segment just before the last blind operation in front. */
  past: 1,
  /** That segment is finished. */
  finish: 2,
  /** It is due, and need not be placed any more. */
  drop: 3,
} as const;

/** Told where operations are placed, so that the order can be put together. */
export interface Placement {
  /** A pure operation got its answer, in front or in the segment that is being put in. */
  answered(operation: number, inFront: boolean): void;
}

/**
 * One configuration at hand, and what can be done with it: place an operation, answer the pure ones, go on to the next
 * completion. Which operations are worth a try, and why these are enough, is told in `moves.ts`.
 *
 * A configuration stands for orders of everything that completed before a position, and some of what is open there. It
 * consists of the position, the state in front (at the end of those orders), a bit for each open operation ({@link Role}),
 * a phase, and the cut: the position at which the last blind operation, one that succeeds in every state and leaves one
 * that is known, was placed in front.
 *
 * What was invoked up to the cut is *covered*: it can still be put in directly before that blind operation, behind
 * another blind one, without any effect on what follows. It is a legal place: the blind operation succeeds wherever it
 * comes and erases what was before it. It agrees with real time: whatever comes later in the order had not returned at
 * the cut, so it did not return before something covered was invoked; and whatever comes earlier was invoked before now,
 * when the covered operation has not returned. So a covered blind operation that nobody needs has a place at no cost, and
 * nothing has to be decided about it before it returns.
 */
export class Cursor implements Configuration {
  readonly window: Window;
  readonly bits: Int32Array;
  position = 0;
  state = 0;
  phase: number = Phase.front;
  cut = -1;
  readonly completions: number;
  readonly transitions: Transitions;
  readonly reductions: Reductions;
  readonly #classOf: Int32Array;
  readonly #placement: Placement | undefined;
  /** Pure operations invoked since the last completion. */
  readonly #invoked: number[] = [];

  constructor(
    setting: Setting,
    transitions: Transitions,
    reductions: Reductions,
    meter: Meter,
    placement?: Placement,
  ) {
    this.window = new Window(setting, meter);
    this.bits = new Int32Array(this.window.words);
    this.completions = setting.problem.completions;
    this.transitions = transitions;
    this.reductions = reductions;
    this.#classOf = setting.problem.classOf;
    this.#placement = placement;
  }

  has(operation: number): boolean {
    const bit = this.window.bitOf[operation] as number;
    return ((this.bits[bit >> 5] as number) & (1 << (bit & 31))) !== 0;
  }

  /** The state after an operation, or REJECTED. */
  after(state: number, operation: number): number {
    return this.transitions.next(state, this.#classOf[operation] as number);
  }

  /** Whether an operation was invoked before the last blind one in front was placed. */
  isCovered(operation: number): boolean {
    return (this.window.calls[operation] as number) <= this.cut;
  }

  /** The operation that is due. */
  get due(): number {
    return this.window.returning[this.position] as number;
  }

  /** Whether the operation that is due needs nothing more, once the segment that is being put in is finished. */
  isDueServed(): boolean {
    const { due } = this;
    return this.has(due) !== (this.window.roles[due] === Role.pure);
  }

  isServed(): boolean {
    return this.phase < 0 && this.isDueServed();
  }

  /** Goes on to the next position, once the operation that is due is served; the events since are for {@link admit}. */
  pass(): void {
    this.#clear(this.due);
    this.phase = Phase.front;
    this.position++;
  }

  /** Lets the completion that was passed, and what is invoked after it, happen in the window. */
  advanceWindow(): void {
    if (this.position > 0) this.window.forward();
    this.#invoked.length = 0;
    for (let event = this.window.upcoming; event !== -1 && (event & 1) === 0; event = this.window.upcoming) {
      this.window.forward();
      if (this.window.roles[event >> 1] === Role.pure) this.#invoked.push(event >> 1);
    }
  }

  /** Answers those that were invoked as the window advanced, if they can be, and lets the others wait. */
  admit(): void {
    for (const operation of this.#invoked) {
      // R1: it changes nothing, so that its answer, right now, need not be awaited: whatever order there is from here,
      // it still is one with this operation moved to here.
      if (this.reductions.pureAtOnce && this.after(this.state, operation) !== REJECTED) {
        this.#placement?.answered(operation, true);
      } else this.#set(operation);
    }
  }

  /** Goes on while the operation that is due is served. */
  settle(): void {
    while (this.position < this.completions && this.isServed()) {
      this.pass();
      this.advanceWindow();
      this.admit();
    }
  }

  /** Does what `moves.ts` found possible; true where that answered a pure operation. */
  apply(move: number): boolean {
    const operation = move >> 2;
    switch (move & 3) {
      case Move.drop:
        this.#set(operation);
        return false;
      case Move.finish:
        this.phase = Phase.front;
        return false;
      case Move.past: {
        const before = this.phase;
        this.phase = this.after(before < 0 ? this.state : before, operation);
        if (this.#place(operation)) return true;
        return before !== this.phase && this.#answerPure(this.phase, false);
      }
      default: {
        const before = this.state;
        this.state = this.after(before, operation);
        if (this.#place(operation)) return true;
        if (this.window.roles[operation] === Role.blind) {
          this.cut = this.position;
          this.phase = Phase.moved;
        } else if (this.phase === Phase.front) this.phase = Phase.leaving;
        return before !== this.state && this.#answerPure(this.state, true);
      }
    }
  }

  load(table: ConfigurationTable, row: number): void {
    table.read(row, this);
  }

  /** True where the operation is pure. */
  #place(operation: number): boolean {
    if (this.window.roles[operation] !== Role.pure) {
      this.#set(operation);
      return false;
    }
    this.#clear(operation);
    this.#placement?.answered(operation, this.phase < 0);
    return true;
  }

  /** R1, after a state has changed: in front all that wait, in an earlier segment those that were open there. */
  #answerPure(state: number, inFront: boolean): boolean {
    if (!this.reductions.pureAtOnce) return false;
    const { window } = this;
    let answered = false;
    for (let operation = window.firstPure; operation !== -1; operation = window.nextPure(operation)) {
      if (!this.has(operation) || !(inFront || this.isCovered(operation))) continue;
      if (this.after(state, operation) === REJECTED) continue;
      this.#clear(operation);
      this.#placement?.answered(operation, inFront);
      answered = true;
    }
    return answered;
  }

  #set(operation: number): void {
    const bit = this.window.bitOf[operation] as number;
    this.bits[bit >> 5] = (this.bits[bit >> 5] as number) | (1 << (bit & 31));
  }

  #clear(operation: number): void {
    const bit = this.window.bitOf[operation] as number;
    this.bits[bit >> 5] = (this.bits[bit >> 5] as number) & ~(1 << (bit & 31));
  }
}
