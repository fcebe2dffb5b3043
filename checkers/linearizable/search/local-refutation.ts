import type { Meter } from "../meter.ts";
import { NEVER, type Problem, type TransitionClass } from "../preparation/problem.ts";
import { BreadthFirst } from "./breadth-first.ts";
import type { Reductions } from "./reductions.ts";
import { INITIAL, type Transitions } from "./transitions.ts";
import type { Setting } from "./window.ts";

/** Completions in the first stretch that is looked at; each next one has four times as many. */
const FIRST_STRETCH = 8;
const GROWTH = 4;

/**
 * Shows that a completion cannot be placed by what happened shortly before it, whatever came earlier. For an instant
 * before it, take every state that the object may have been in then, and let each operation that was open then have
 * taken effect already, or take effect until it returns, or never: if a history has an order, then so has what follows
 * the instant, for one of these states. That is a problem of its own, and if none of its beginnings can place the
 * completion, neither can the history. The cost does not depend on the length of the history.
 *
 * In terms of configurations: let the order of the whole history reach configuration c at the instant. Then c has one
 * of the states; and the configuration with that state in which every open operation is unused but need not be used,
 * no pure one waits, and all that is open is covered, is at least as good as c in the order of R3. So whatever follows
 * c follows it.
 *
 * Works for models that tell what each operation leaves; others are never refuted.
 */
export class LocalRefutation {
  readonly #setting: Setting;
  readonly #transitions: Transitions;
  readonly #reductions: Reductions;
  readonly #meter: Meter;
  /** By class: the number of the state that it leaves, or -1 for pure ones; undefined where the model does not tell. */
  #leaves: Int32Array | undefined | null = null;
  /** Index of the invocation and of the completion of each operation in the events. */
  #callAt = new Int32Array(0);
  #returnAt = new Int32Array(0);
  /** Index of each completion in the events. */
  #completionAt = new Int32Array(0);
  readonly #firstStretch: number;
  #position = -1;
  #stretch = 0;
  #walk: BreadthFirst | undefined;

  constructor(
    setting: Setting,
    transitions: Transitions,
    reductions: Reductions,
    meter: Meter,
    firstStretch = FIRST_STRETCH,
  ) {
    this.#firstStretch = firstStretch;
    this.#setting = setting;
    this.#transitions = transitions;
    this.#reductions = reductions;
    this.#meter = meter;
  }

  /** Whether the completion at `position` was shown impossible within so many steps; goes on where it stopped. */
  refutes(position: number, steps: number): boolean {
    if (!this.#prepare()) return false;
    if (position !== this.#position) {
      this.#position = position;
      this.#stretch = this.#firstStretch;
      this.#walk = undefined;
    }
    for (let left = steps; left > 0; ) {
      if (this.#walk === undefined) {
        if (this.#stretch >= position) return false;
        this.#walk = this.#begin(position - this.#stretch, position);
        this.#stretch *= GROWTH;
        if (this.#walk === undefined) continue;
      }
      // In slices, so that what a walk leaves over is spent on the next.
      const slice = Math.min(left, 4096);
      const verdict = this.#walk.run(slice);
      left -= slice;
      if (verdict === "invalid") return true;
      if (verdict === "valid") this.#walk = undefined;
    }
    return false;
  }

  #prepare(): boolean {
    if (this.#leaves !== null) return this.#leaves !== undefined;
    const { problem } = this.#setting;
    this.#meter.allocate(4 * problem.classes.length + 12 * problem.size);
    const leaves = new Int32Array(problem.classes.length).fill(-1);
    for (const [number, { pure }] of problem.classes.entries()) {
      if (pure) continue;
      const state = this.#transitions.leaves(number);
      if (state === undefined) {
        this.#leaves = undefined;
        return false;
      }
      leaves[number] = this.#transitions.numberOf(state);
    }
    this.#leaves = leaves;
    this.#callAt = new Int32Array(problem.size);
    this.#returnAt = new Int32Array(problem.size).fill(NEVER);
    this.#completionAt = new Int32Array(problem.completions);
    let completions = 0;
    for (let index = 0; index < problem.events.length; index++) {
      const event = problem.events[index] as number;
      ((event & 1) === 0 ? this.#callAt : this.#returnAt)[event >> 1] = index;
      if (event & 1) this.#completionAt[completions++] = index;
    }
    return true;
  }

  /** The walk over what happened from the completion before `from` to that at `to`; undefined where that cannot tell. */
  #begin(from: number, to: number): BreadthFirst | undefined {
    const { problem, isBlind } = this.#setting;
    const instant = (this.#completionAt[from - 1] as number) + 1;
    const end = this.#completionAt[to] as number;
    // What was open at the instant need not be placed.
    if ((this.#callAt[(problem.events[end] as number) >> 1] as number) < instant) return undefined;
    const { part, openAtStart } = this.#stretchOf(instant, end);
    const setting = { problem: part, openAtStart, isBlind };
    return new BreadthFirst(
      setting,
      this.#transitions,
      this.#reductions,
      this.#meter,
      this.#statesAt(instant),
    );
  }

  #stretchOf(instant: number, end: number): { part: Problem; openAtStart: number } {
    const { problem } = this.#setting;
    const isPure = (operation: number) =>
      (problem.classes[problem.classOf[operation] as number] as TransitionClass).pure;
    const kept: number[] = [];
    for (let operation = 0; operation < problem.size; operation++) {
      if ((this.#callAt[operation] as number) >= instant) break;
      if ((this.#returnAt[operation] as number) >= instant && !isPure(operation)) kept.push(operation);
    }
    const openAtStart = kept.length;
    const numbers = new Map(kept.map((operation, number) => [operation, number]));
    const events = kept.map((_, number) => number << 1);
    const deadlines: number[] = kept.map(() => NEVER);
    let completions = 0;
    for (let index = instant; index <= end; index++) {
      const event = problem.events[index] as number;
      const operation = event >> 1;
      if ((event & 1) === 0) {
        // One that waits beyond the end says nothing.
        if (isPure(operation) && (this.#returnAt[operation] as number) > end) continue;
        numbers.set(operation, kept.length);
        events.push(kept.length << 1);
        kept.push(operation);
        deadlines.push(NEVER);
        continue;
      }
      const number = numbers.get(operation);
      if (number === undefined) continue;
      deadlines[number] = completions++;
      events.push((number << 1) | 1);
    }
    const part: Problem = {
      key: problem.key,
      size: kept.length,
      rows: Int32Array.from(kept, (operation) => problem.rows[operation] as number),
      classOf: Int32Array.from(kept, (operation) => problem.classOf[operation] as number),
      classes: problem.classes,
      deadlines: Int32Array.from(deadlines),
      events: Int32Array.from(events),
      completions,
    };
    return { part, openAtStart };
  }

  /** The states left by operations that were not certainly overwritten before the instant. */
  #statesAt(instant: number): Set<number> {
    const { problem } = this.#setting;
    const leaves = this.#leaves as Int32Array;
    const leftBy = (operation: number) => leaves[problem.classOf[operation] as number] as number;
    let since = -1;
    let operations = 0;
    for (; operations < problem.size && (this.#callAt[operations] as number) < instant; operations++) {
      if (leftBy(operations) === -1 || (this.#returnAt[operations] as number) >= instant) continue;
      since = Math.max(since, this.#callAt[operations] as number);
    }
    const states = new Set<number>();
    if (since === -1) states.add(INITIAL);
    for (let operation = 0; operation < operations; operation++) {
      if (leftBy(operation) !== -1 && (this.#returnAt[operation] as number) > since)
        states.add(leftBy(operation));
    }
    return states;
  }
}
