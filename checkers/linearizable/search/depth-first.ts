import type { Meter } from "../meter.ts";
import { ConfigurationTable, KNOWN } from "./configuration-table.ts";
import { Cursor, Move } from "./cursor.ts";
import { doubled } from "./doubled.ts";
import { MoveList, Moves } from "./moves.ts";
import type { Reductions } from "./reductions.ts";
import type { Transitions } from "./transitions.ts";
import { type Progress, type Walk, WORK_PER_LOOK, workOfStep } from "./walk.ts";
import { Role, type Setting } from "./window.ts";

/** What is on the stack for one configuration. */
const ROW = 0;
/** Its moves in the list of all: the next one, and the end. */
const NEXT_MOVE = 1;
const MOVES_END = 2;
/** 0 where only the likely ones are listed yet. */
const STAGE = 3;
/** Where an optional operation led here and answered nobody: the state before, else -1. */
const UNUSED = 4;
const FRAME = 5;

/**
 * Depth first: from each configuration the likeliest move, and the next one where that leads nowhere. What is possible
 * from a configuration does not depend on how it was reached, so none is entered twice (Wing and Gong, JPDC 17, 1993;
 * Lowe, CCPE 29(4), 2017).
 *
 * Without backtracking O(n·k) time and O(n) memory, n operations, k open at a time.
 */
export class DepthFirst implements Walk {
  /** Of the configuration that got furthest. */
  #position = 0;
  #open = 0;
  steps = 0;
  readonly #cursor: Cursor;
  readonly #moves: Moves;
  readonly #list: MoveList;
  readonly #table: ConfigurationTable;
  readonly #meter: Meter;
  readonly #dominance: boolean;
  #stack: Int32Array;
  #depth = -1;
  #unlooked = 0;
  #verdict: "valid" | "invalid" | undefined;

  constructor(
    setting: Setting,
    transitions: Transitions,
    reductions: Reductions,
    meter: Meter,
    state: number,
  ) {
    const { problem } = setting;
    this.#meter = meter;
    this.#cursor = new Cursor(setting, transitions, reductions, meter);
    this.#moves = new Moves(this.#cursor, problem, meter);
    this.#list = new MoveList(meter);
    this.#dominance = reductions.dominance;
    const { exactWords, words } = this.#cursor.window;
    this.#table = new ConfigurationTable(
      { exactWords, burdenWords: words - exactWords, dominance: reductions.dominance },
      meter,
    );
    meter.allocate(64 * FRAME * 4);
    this.#stack = new Int32Array(64 * FRAME);
    this.#cursor.state = state;
    this.#cursor.advanceWindow();
    this.#cursor.admit();
    this.#enter(-1);
  }

  get progress(): Progress {
    return {
      position: this.#position,
      completions: this.#cursor.completions,
      open: this.#open,
      configurations: this.#table.count,
    };
  }

  get path(): Int32Array | undefined {
    if (this.#verdict !== "valid") return undefined;
    const path = new Int32Array(this.#depth + 1);
    for (let depth = 0; depth <= this.#depth; depth++) {
      const next = this.#stack[depth * FRAME + NEXT_MOVE] as number;
      path[depth] = this.#list.values[next - 1] as number;
    }
    return path;
  }

  run(steps: number): "valid" | "invalid" | undefined {
    for (let step = 0; step < steps && this.#verdict === undefined; step++) {
      this.#unlooked += workOfStep(this.#cursor.window.openCount);
      if (this.#unlooked >= WORK_PER_LOOK) {
        this.#meter.spend(this.#unlooked);
        this.#unlooked = 0;
      }
      this.steps++;
      this.#step();
    }
    return this.#verdict;
  }

  #step(): void {
    const cursor = this.#cursor;
    const stack = this.#stack;
    const frame = this.#depth * FRAME;
    const row = stack[frame + ROW] as number;
    let next = stack[frame + NEXT_MOVE] as number;
    if (next === stack[frame + MOVES_END] && stack[frame + STAGE] === 0) {
      this.#list.length = next;
      this.#moves.add(false, stack[frame + UNUSED] as number, this.#list);
      stack[frame + STAGE] = 1;
      stack[frame + MOVES_END] = this.#list.length;
    }
    if (next === stack[frame + MOVES_END]) {
      if (--this.#depth < 0) {
        this.#verdict = "invalid";
        return;
      }
      this.#load(stack[this.#depth * FRAME + ROW] as number);
      return;
    }
    const move = this.#list.values[next++] as number;
    stack[frame + NEXT_MOVE] = next;
    const { position, state } = cursor;
    const answered = cursor.apply(move);
    cursor.settle();
    const skips =
      this.#dominance &&
      !answered &&
      cursor.position === position &&
      (move & 3) === Move.front &&
      cursor.window.roles[move >> 2] === Role.optional;
    if (!this.#enter(skips ? state : -1)) this.#load(row);
  }

  #load(row: number): void {
    const cursor = this.#cursor;
    cursor.load(this.#table, row);
    cursor.window.backTo(cursor.position);
  }

  /** Puts the configuration at hand on the stack, unless it is known. True also at the end of the history. */
  #enter(unused: number): boolean {
    const cursor = this.#cursor;
    cursor.settle();
    if (cursor.position > this.#position || this.#depth < 0) {
      this.#position = cursor.position;
      this.#open = cursor.window.openCount;
    }
    if (cursor.position === cursor.completions) {
      this.#verdict = "valid";
      return true;
    }
    const row = this.#table.add(cursor);
    if (row === KNOWN) return false;
    const from = this.#depth < 0 ? 0 : (this.#stack[this.#depth * FRAME + MOVES_END] as number);
    this.#depth++;
    const frame = this.#depth * FRAME;
    if (frame + FRAME > this.#stack.length) this.#stack = doubled(this.#stack, this.#meter);
    this.#list.length = from;
    this.#moves.add(true, unused, this.#list);
    const stack = this.#stack;
    stack[frame + ROW] = row;
    stack[frame + NEXT_MOVE] = from;
    stack[frame + MOVES_END] = this.#list.length;
    stack[frame + STAGE] = 0;
    stack[frame + UNUSED] = unused;
    return true;
  }
}
