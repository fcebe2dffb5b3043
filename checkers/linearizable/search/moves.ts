import type { Meter } from "../meter.ts";
import type { Problem } from "../preparation/problem.ts";
import { type Cursor, Move, Phase } from "./cursor.ts";
import { doubled } from "./doubled.ts";
import { REJECTED } from "./transitions.ts";
import { Role } from "./window.ts";

/** A stack of moves, one list after the other. */
export class MoveList {
  readonly #meter: Meter;
  values = new Int32Array(256);
  length = 0;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  push(operation: number, move: number): void {
    if (this.length === this.values.length) this.values = doubled(this.values, this.#meter);
    this.values[this.length++] = (operation << 2) | move;
  }
}

/**
 * Which operations are worth a try at a configuration. Nothing is tried before the completion that comes next demands it
 * (just-in-time linearization), and where blind operations are known (R4) there is much that need not be tried at all.
 *
 * Call the operations of an order from one blind operation up to the next a *segment*; all others in it depend on the
 * state. Operation `d` is due and not served. The moves are
 *
 * - *in front*: any number of dependent operations; and unless that serves `d`, one blind operation and again dependent
 *   ones, up to `d`. A blind `d` comes itself, directly after the first ones;
 * - *in the past*, where `d` is covered: a segment of covered operations that contains `d` is put in at the cut;
 * - *dropped*: `d` is blind and covered, and nobody needs it; or it need not have taken place.
 *
 * Why these are enough. Let L be an order of the whole history. There is a walk that at each position has, for some
 * segment g of L: (1) in front a part of g from its beginning, and the state after that; (2) elsewhere only whole
 * segments before g, put in at the cut; (3) of what is open, everything in segments before g covered; (4) nothing that
 * has returned in segments after g. Let d be due, in segment h.
 *
 * - h > g: the rest of g is placed in front. It is open: it comes before d in L, so it was invoked before d returns; and
 *   had it returned, it would have been served, in front. Then the blind operation that begins h, which by (4) is still
 *   open, and what follows it up to d. Between, segments of L are skipped: they come before d in L, so they were
 *   invoked by now, and are covered from now on: (3).
 * - h = g: what comes before d in g is placed in front.
 * - h < g: the segment was skipped, and nothing of it has returned before d, or it would have been put in then. So it is
 *   all open, by (3) all covered, and is put in as a whole; where d is blind and alone, it is dropped.
 *
 * The three reductions apply on top. R1: pure operations are answered wherever they can be, in front and in what is put
 * in; to move one there changes nothing in L. R2: of equal operations that are open (in the past: covered) the one that is due
 * first is used. If L uses another one, let the two change places; skipped segments can move to the cut, so that each
 * still is where it was open. R3: a configuration with the later cut, fewer operations used and fewer pure ones
 * waiting can do whatever the other can: operations whose bit is a burden need not be used, those that are blind because
 * whoever used one had covered it by then.
 *
 * Without R4 no operation counts as blind, and what is left of this is just-in-time linearization as it is known.
 */
export class Moves {
  readonly #cursor: Cursor;
  readonly #classOf: Int32Array;
  /** The scan in which a class was met last, so that its later twins are passed over. */
  readonly #offered: Float64Array;
  #scan = 0;

  constructor(cursor: Cursor, problem: Problem, meter: Meter) {
    meter.allocate(problem.classes.length * 8);
    this.#cursor = cursor;
    this.#classOf = problem.classOf;
    this.#offered = new Float64Array(problem.classes.length);
  }

  /**
   * Adds the moves from the configuration at hand, which has not served the operation that is due, to `into`: those that
   * may well serve it (`likely`), best first, or the others. `unused` is the state before an optional operation that
   * answered nobody, if one led here (else -1): what comes out the same without it is better had without it (R3, seen in
   * advance; otherwise depth first goes through every set of optional operations, the large ones first).
   *
   * Cost: O(k) transitions for k operations open, times the number of classes among them where a segment is put in.
   */
  add(likely: boolean, unused: number, into: MoveList): void {
    const { phase } = this.#cursor;
    if (phase >= 0) {
      if (likely) this.#goOnInPast(into);
    } else if (phase === Phase.moved) this.#addDependent(likely, unused, into);
    else if (this.#cursor.window.roles[this.#cursor.due] === Role.blind) this.#forBlind(likely, unused, into);
    else this.#forOther(likely, unused, into);
  }

  /** A blind operation is due. */
  #forBlind(likely: boolean, unused: number, into: MoveList): void {
    const cursor = this.#cursor;
    const { due } = cursor;
    if (!likely) {
      this.#addDependent(true, unused, into);
      this.#addDependent(false, unused, into);
      return;
    }
    if (cursor.phase === Phase.leaving || !this.#mayDrop(due)) {
      into.push(due, Move.front);
      return;
    }
    const after = cursor.after(cursor.state, due);
    if (after === cursor.state && cursor.reductions.dominance) {
      // Placing it changes the cut alone, for the better.
      into.push(due, Move.front);
      return;
    }
    const past = cursor.isCovered(due) && this.#servesInPast(after, due);
    const wanted = this.#isWanted(after);
    if (past && !wanted) into.push(due, Move.past);
    if (wanted) into.push(due, Move.front);
    if (past && wanted) into.push(due, Move.past);
    into.push(due, Move.drop);
    if (!wanted) into.push(due, Move.front);
  }

  /** A pure operation is due, or one whose effect depends on the state. */
  #forOther(likely: boolean, unused: number, into: MoveList): void {
    const cursor = this.#cursor;
    const { due, phase, window } = cursor;
    if (phase === Phase.front && likely && window.roles[due] === Role.optional) into.push(due, Move.drop);
    if (likely) this.#addDependent(true, unused, into);
    if (phase === Phase.front && cursor.isCovered(due)) this.#addBlind(likely, Move.past, into);
    this.#addBlind(likely, Move.front, into);
    if (!likely) this.#addDependent(false, unused, into);
  }

  /** Whether it need not be placed: it took place just before what covers it, or need not have taken place at all. */
  #mayDrop(operation: number): boolean {
    return this.#cursor.isCovered(operation);
  }

  /** Whether one that waits, and cannot be answered in an earlier segment, can be in this state. */
  #isWanted(state: number): boolean {
    const cursor = this.#cursor;
    const { window } = cursor;
    for (let operation = window.firstPure; operation !== -1; operation = window.nextPure(operation)) {
      if (
        cursor.has(operation) &&
        !cursor.isCovered(operation) &&
        cursor.after(state, operation) !== REJECTED
      ) {
        return true;
      }
    }
    return false;
  }

  /** Whether a segment that begins with that state would serve anything else. */
  #servesInPast(state: number, due: number): boolean {
    const cursor = this.#cursor;
    const { window } = cursor;
    for (let operation = window.firstPure; operation !== -1; operation = window.nextPure(operation)) {
      if (
        cursor.has(operation) &&
        cursor.isCovered(operation) &&
        cursor.after(state, operation) !== REJECTED
      ) {
        return true;
      }
    }
    return this.#canFollow(state, due, true);
  }

  /** Whether an operation whose effect depends on the state can follow there. */
  #canFollow(state: number, except: number, inPast: boolean): boolean {
    const cursor = this.#cursor;
    const { window } = cursor;
    for (let operation = window.firstOther; operation !== -1; operation = window.nextOther(operation)) {
      if (operation === except || cursor.has(operation) || (inPast && !cursor.isCovered(operation))) continue;
      if (cursor.after(state, operation) !== REJECTED) return true;
    }
    for (let index = 0; index < window.crashedOpen; index++) {
      const operation = window.crashed[index] as number;
      if (window.roles[operation] === Role.blind || cursor.has(operation)) continue;
      if (inPast && !cursor.isCovered(operation)) continue;
      if (cursor.after(state, operation) !== REJECTED) return true;
    }
    if (cursor.reductions.pureAtOnce) return false;
    for (let operation = window.firstPure; operation !== -1; operation = window.nextPure(operation)) {
      if (!cursor.has(operation) || (inPast && !cursor.isCovered(operation))) continue;
      if (cursor.after(state, operation) !== REJECTED) return true;
    }
    return false;
  }

  /** Blind operations, to be placed in front or to begin an earlier segment, whatever is due. */
  #addBlind(likely: boolean, move: typeof Move.front | typeof Move.past, into: MoveList): void {
    const cursor = this.#cursor;
    const { window, due } = cursor;
    this.#scan++;
    for (let operation = window.firstBlind; operation !== -1; operation = window.nextBlind(operation)) {
      this.#addIfBlind(operation, due, likely, move, into);
    }
    for (let index = 0; index < window.crashedOpen; index++) {
      const operation = window.crashed[index] as number;
      if (window.roles[operation] === Role.blind) this.#addIfBlind(operation, due, likely, move, into);
    }
  }

  #addIfBlind(
    operation: number,
    due: number,
    likely: boolean,
    move: typeof Move.front | typeof Move.past,
    into: MoveList,
  ): void {
    const cursor = this.#cursor;
    const inPast = move === Move.past;
    if (cursor.has(operation) || (inPast && !cursor.isCovered(operation)) || !this.#isFirstTwin(operation))
      return;
    const after = cursor.after(cursor.state, operation);
    const helps = cursor.after(after, due) !== REJECTED;
    if (helps !== likely) return;
    // What is placed must lead to the operation that is due, or it may as well come later.
    if (helps || this.#canFollow(after, due, inPast)) into.push(operation, move);
  }

  /** Operations whose effect depends on the state, to be placed in front. */
  #addDependent(likely: boolean, unused: number, into: MoveList): void {
    const cursor = this.#cursor;
    const { window, due, state } = cursor;
    const isHelp = (operation: number): boolean => {
      if (!this.#isFirstTwin(operation)) return false;
      const after = cursor.after(state, operation);
      if (after === REJECTED || (unused !== -1 && cursor.after(unused, operation) === after)) return false;
      return (operation === due || cursor.after(after, due) !== REJECTED) === likely;
    };
    this.#scan++;
    for (let operation = window.firstOther; operation !== -1; operation = window.nextOther(operation)) {
      if (!cursor.has(operation) && isHelp(operation)) into.push(operation, Move.front);
    }
    for (let index = 0; index < window.crashedOpen; index++) {
      const operation = window.crashed[index] as number;
      if (window.roles[operation] !== Role.blind && !cursor.has(operation) && isHelp(operation)) {
        into.push(operation, Move.front);
      }
    }
    if (cursor.reductions.pureAtOnce) return;
    for (let operation = window.firstPure; operation !== -1; operation = window.nextPure(operation)) {
      if (cursor.has(operation) && isHelp(operation)) into.push(operation, Move.front);
    }
  }

  /** What can follow in the segment that is being put in. */
  #goOnInPast(into: MoveList): void {
    const cursor = this.#cursor;
    const { window, phase: state } = cursor;
    if (cursor.isDueServed()) into.push(cursor.due, Move.finish);
    this.#scan++;
    const addIf = (operation: number) => {
      if (!cursor.isCovered(operation) || !this.#isFirstTwin(operation)) return;
      if (cursor.after(state, operation) !== REJECTED) into.push(operation, Move.past);
    };
    for (let operation = window.firstOther; operation !== -1; operation = window.nextOther(operation)) {
      if (!cursor.has(operation)) addIf(operation);
    }
    for (let index = 0; index < window.crashedOpen; index++) {
      const operation = window.crashed[index] as number;
      if (window.roles[operation] !== Role.blind && !cursor.has(operation)) addIf(operation);
    }
    if (cursor.reductions.pureAtOnce) return;
    for (let operation = window.firstPure; operation !== -1; operation = window.nextPure(operation)) {
      if (cursor.has(operation)) addIf(operation);
    }
  }

  /** R2. Twins in the order of their deadlines; a firm one and an optional one may both be worth a try. */
  #isFirstTwin(operation: number): boolean {
    const cursor = this.#cursor;
    if (!cursor.reductions.earliestTwin) return true;
    const number = this.#classOf[operation] as number;
    if (this.#offered[number] === this.#scan) return false;
    // Not so an optional one with a deadline: a firm twin that is due later is no better, nor worse.
    if (cursor.window.roles[operation] === Role.optional && cursor.window.returns(operation)) return true;
    this.#offered[number] = this.#scan;
    return true;
  }
}
