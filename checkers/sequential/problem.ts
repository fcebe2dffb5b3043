import type { History } from "../../harness/history/index.ts";
import type { Meter } from "../linearizable/meter.ts";
import type { Part } from "../linearizable/preparation/prepare.ts";
import { Transitions } from "../linearizable/search/transitions.ts";
import type { Model } from "../models/index.ts";
import type { GrowingOrder } from "../register-history/growing-order.ts";
import { isCrashed, sessionsOf } from "../register-history/read-registers.ts";
import { NONE, type RegisterHistory } from "../register-history/register-history.ts";

/** Operations to put in one order, all objects together, numbered in order of invocation. */
export interface SequentialProblem {
  readonly size: number;
  readonly rows: Int32Array;
  /** Index into `objects`. */
  readonly object: Int32Array;
  /** What each object does; an operation is of a class of its object. */
  readonly objects: readonly Transitions[];
  readonly classOf: Int32Array;
  readonly pure: Uint8Array;
  /** 1 for a crashed operation, which need not be placed. */
  readonly optional: Uint8Array;
  readonly before: Int32Array;
  readonly chain: Int32Array;
  readonly chains: readonly Int32Array[];
  /** The smaller, the sooner an operation is tried: when it had taken effect for certain. */
  readonly turn: Int32Array;
  /** What every order must agree with; absent where nothing is known but the sessions. */
  readonly forced: Forced | undefined;
}

interface Forced {
  /** For each operation, what must have been placed before it. */
  readonly after: readonly Int32Array[];
  /** For each operation the one that it is known to read from, or INITIAL, or {@link NONE}. */
  readonly source: Int32Array;
}

/** What saturation found out about registers. */
export interface Known {
  readonly registers: RegisterHistory;
  readonly order: GrowingOrder;
  /** Whether crashed operations that are no nodes were observed by nobody: all that observes is a node. */
  readonly complete: boolean;
}

/** Cost: O(n log n), and O(n·k) for what is forced. */
export function sequentialProblem(
  history: History,
  model: Model,
  parts: readonly Pick<Part, "rows" | "problemOf">[],
  meter: Meter,
  known?: Known,
): SequentialProblem {
  const { completion } = history.columns;
  const observed = new Set(known?.registers.rows);
  const isLeftOut = (row: number) =>
    known?.complete === true && isCrashed(completion[row] as number) && !observed.has(row);
  const objects: Transitions[] = [];
  const found: { row: number; object: number; classOf: number; pure: boolean }[] = [];
  for (const [object, part] of parts.entries()) {
    const { rows, classOf, classes } = part.problemOf(part.rows);
    objects.push(new Transitions(model, classes, meter));
    for (const [at, row] of rows.entries()) {
      if (isLeftOut(row)) continue;
      const number = classOf[at] as number;
      found.push({ row, object, classOf: number, pure: classes[number]?.pure === true });
    }
  }
  found.sort((a, b) => a.row - b.row);
  meter.allocate(found.length * 64);
  const rows = Int32Array.from(found, ({ row }) => row);
  const forced = known === undefined ? undefined : forcedBy(known, rows, meter);
  const mayBeAbsent = (row: number) => isCrashed(completion[row] as number) && !observed.has(row);
  return {
    size: rows.length,
    rows,
    object: Int32Array.from(found, ({ object }) => object),
    objects,
    classOf: Int32Array.from(found, ({ classOf }) => classOf),
    pure: Uint8Array.from(found, ({ pure }) => (pure ? 1 : 0)),
    optional: Uint8Array.from(rows, (row) => (mayBeAbsent(row) ? 1 : 0)),
    turn: turnsOf(history, rows, forced),
    ...sessionsOf(history, rows),
    forced,
  };
}

const LAST = 0x7fff_ffff;

/** By what event each operation had taken effect: its completion, or that of one that read from it. */
function turnsOf({ columns }: History, rows: Int32Array, forced: Forced | undefined): Int32Array {
  const { completion, completeIndex } = columns;
  const turn = rows.map((row) =>
    isCrashed(completion[row] as number) ? LAST : (completeIndex[row] as number),
  );
  const ends = turn.slice();
  for (const [operation, from] of forced?.source.entries() ?? []) {
    if (from >= 0) turn[from] = Math.min(turn[from] as number, ends[operation] as number);
  }
  return turn;
}

function forcedBy({ registers, order }: Known, rows: Int32Array, meter: Meter): Forced {
  const operationOf = new Map<number, number>();
  for (const [operation, row] of rows.entries()) operationOf.set(row, operation);
  const of = (node: number) => operationOf.get(registers.rows[node] as number) as number;
  const after = Array.from(rows, () => new Int32Array(0));
  const source = new Int32Array(rows.length).fill(NONE);
  const { chains, chain } = registers;
  for (let node = 0; node < registers.size; node++) {
    const from = registers.source[node] as number;
    source[of(node)] = from >= 0 ? of(from) : from;
    const befores: number[] = [];
    for (const [number, nodes] of chains.entries()) {
      if (number === chain[node]) continue;
      const last = nodes[order.known(node, number) - 1];
      if (last !== undefined) befores.push(of(last));
    }
    meter.allocate(4 * befores.length + 64);
    after[of(node)] = Int32Array.from(befores);
  }
  return { after, source };
}
