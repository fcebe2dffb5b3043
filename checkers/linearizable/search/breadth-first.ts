import type { Meter } from "../meter.ts";
import { ConfigurationTable } from "./configuration-table.ts";
import { Cursor } from "./cursor.ts";
import { MoveList, Moves } from "./moves.ts";
import type { Reductions } from "./reductions.ts";
import type { Transitions } from "./transitions.ts";
import { type Progress, type Walk, WORK_PER_LOOK, workOfStep } from "./walk.ts";
import type { Setting } from "./window.ts";

/**
 * Breadth first: all configurations at one position, then all at the next (just-in-time linearization; Lowe, CCPE 29(4),
 * 2017). Of the past only the set of configurations is kept, so that memory does not grow with the history; where
 * nothing is open each of them is a bare state, and the history falls apart into segments by itself. As all are there
 * together, dominance leaves out everything that it can.
 *
 * Time O(n·c·k), c configurations at a position.
 */
export class BreadthFirst implements Walk {
  #position = 0;
  /** Configurations at earlier positions. */
  #left = 0;
  steps = 0;
  readonly #cursor: Cursor;
  readonly #moves: Moves;
  readonly #list: MoveList;
  readonly #meter: Meter;
  /** Those at the position at hand, and those that have served its completion. */
  readonly #here: ConfigurationTable;
  readonly #passed: ConfigurationTable;
  /** The next row of #here to go on from. */
  #row = 0;
  #unlooked = 0;
  #verdict: "valid" | "invalid" | undefined;
  readonly #trace: Trace | undefined;

  constructor(
    setting: Setting,
    transitions: Transitions,
    reductions: Reductions,
    meter: Meter,
    states: Iterable<number>,
    trace?: Trace,
  ) {
    const { problem } = setting;
    this.#meter = meter;
    this.#trace = trace;
    this.#cursor = new Cursor(setting, transitions, reductions, meter);
    this.#moves = new Moves(this.#cursor, problem, meter);
    this.#list = new MoveList(meter);
    const { exactWords, words } = this.#cursor.window;
    const shape = { exactWords, burdenWords: words - exactWords, dominance: reductions.dominance };
    this.#here = new ConfigurationTable(shape, meter);
    // What passes is counted where it arrives.
    const uncounted: Meter = {
      spend: (steps) => meter.spend(steps),
      allocate: (sizeBytes) => meter.allocate(sizeBytes),
    };
    this.#passed = new ConfigurationTable(shape, uncounted);
    const cursor = this.#cursor;
    cursor.advanceWindow();
    for (const state of states) {
      cursor.bits.fill(0);
      cursor.state = state;
      cursor.admit();
      this.#here.add(cursor, NO_TRACE);
    }
    if (problem.completions === 0) this.#verdict = "valid";
  }

  get progress(): Progress {
    return {
      position: this.#position,
      completions: this.#cursor.completions,
      open: this.#cursor.window.openCount,
      configurations: this.#left + this.#here.count,
    };
  }

  /** After a valid verdict, with a trace: the moves that led to the end. */
  tracedPath(): Int32Array {
    return this.#trace?.path(this.#here.note(0)) ?? new Int32Array(0);
  }

  /** Every configuration at the position at hand that is not dominated, one after the other on the same cursor. */
  *configurations(): Generator<Cursor> {
    for (let row = 0; row < this.#here.count; row++) {
      if (this.#here.isDominated(row)) continue;
      this.#cursor.load(this.#here, row);
      yield this.#cursor;
    }
  }

  run(steps: number): "valid" | "invalid" | undefined {
    for (let step = 0; step < steps && this.#verdict === undefined; step++) {
      this.#unlooked += workOfStep(this.#cursor.window.openCount);
      if (this.#unlooked >= WORK_PER_LOOK) {
        this.#meter.spend(this.#unlooked);
        this.#unlooked = 0;
      }
      this.steps++;
      if (this.#row === this.#here.count) this.#advance();
      else this.#expand(this.#row++);
    }
    return this.#verdict;
  }

  #expand(row: number): void {
    const cursor = this.#cursor;
    // What a better one has replaced leads to nothing that the better one does not lead to.
    if (this.#here.isDominated(row)) return;
    cursor.load(this.#here, row);
    const note = this.#here.note(row);
    if (cursor.isServed()) {
      cursor.pass();
      this.#passed.add(cursor, note);
      return;
    }
    const list = this.#list;
    list.length = 0;
    this.#moves.add(true, -1, list);
    this.#moves.add(false, -1, list);
    for (let index = 0; index < list.length; index++) {
      if (index > 0) cursor.load(this.#here, row);
      const move = list.values[index] as number;
      cursor.apply(move);
      const traced = this.#trace === undefined ? NO_TRACE : this.#trace.add(note, move);
      if (cursor.isServed()) {
        cursor.pass();
        this.#passed.add(cursor, traced);
      } else this.#here.add(cursor, traced);
    }
    this.#unlooked += list.length;
  }

  /** Goes on to the next position with all that have served the one at hand. */
  #advance(): void {
    const cursor = this.#cursor;
    if (this.#passed.count === 0) {
      this.#verdict = "invalid";
      return;
    }
    this.#left += this.#here.count;
    cursor.position = ++this.#position;
    cursor.advanceWindow();
    this.#here.clear();
    for (let row = 0; row < this.#passed.count; row++) {
      if (this.#passed.isDominated(row)) continue;
      cursor.load(this.#passed, row);
      cursor.admit();
      this.#unlooked++;
      this.#here.add(cursor, this.#passed.note(row));
    }
    this.#passed.clear();
    this.#row = 0;
    if (this.#position === cursor.completions) this.#verdict = "valid";
  }
}

const NO_TRACE = -1;

/** How configurations were reached: for each the one before, and the move. 8 bytes each. */
export class Trace {
  readonly #meter: Meter;
  #before = new Int32Array(1024);
  #moves = new Int32Array(1024);
  #count = 0;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  add(before: number, move: number): number {
    if (this.#count === this.#before.length) {
      this.#meter.allocate(this.#before.byteLength * 4);
      this.#before = doubled(this.#before);
      this.#moves = doubled(this.#moves);
      this.#meter.allocate(-this.#before.byteLength);
    }
    this.#before[this.#count] = before;
    this.#moves[this.#count] = move;
    return this.#count++;
  }

  path(last: number): Int32Array {
    const path: number[] = [];
    for (let at = last; at !== NO_TRACE; at = this.#before[at] as number)
      path.push(this.#moves[at] as number);
    return Int32Array.from(path.reverse());
  }
}

function doubled(values: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(values.length * 2);
  grown.set(values);
  return grown;
}
