import { Completed, type History, type Key, NEMESIS } from "../../harness/history/index.ts";
import type { Model } from "../models/index.ts";
import { Kinds, LEFT_OUT } from "./kinds.ts";
import { NEVER, type Problem, type TransitionClass } from "./problem.ts";
import { withoutUnobserved } from "./unobserved.ts";

/** A history taken apart into independent objects. */
export interface Prepared {
  /** Operations of clients, those included that are left out later. */
  readonly clientOperations: number;
  /** One for each object, the one with the fewest operations first; objects of equal size in order of first use. */
  readonly parts: readonly Part[];
}

/** The operations on one object, as rows of the history. */
export interface Part {
  readonly key: Key | undefined;
  /** In order of invocation; without those that say nothing about consistency. */
  readonly rows: Int32Array;
  /** Crashed operations that may have taken effect, but that nobody observed; left out of the problem. */
  readonly unobserved: Int32Array;
  /** Built when asked for, so that the search holds one object's at a time. */
  problem(): Problem;
}

/**
 * Keeps what the verdict depends on. The nemesis is left out, and so are failed operations (unless the model takes the
 * failure for an answer), answers that tell nothing, crashed operations without effect, and crashed operations whose
 * effect nobody can have observed.
 *
 * Cost: O(n) for n operations, and O(n log n) for the problems.
 * Errors: UsageError `history-does-not-fit-model`, with the first operation that does not fit.
 */
export function prepare(history: History, model: Model): Prepared {
  const { columns } = history;
  const kinds = new Kinds(history, model);
  const kindOf = new Int32Array(history.length).fill(LEFT_OUT);
  const keyOf = (row: number) => (model.partition === "by-key" ? (columns.key[row] as number) + 1 : 0);
  const counts = new Int32Array(history.names.keys.length + 1);
  let clientOperations = 0;
  for (let row = 0; row < history.length; row++) {
    if (columns.process[row] === NEMESIS) continue;
    clientOperations++;
    const kind = kinds.ofRow(row);
    kindOf[row] = kind;
    if (kind !== LEFT_OUT) counts[keyOf(row)] = (counts[keyOf(row)] as number) + 1;
  }
  const rows = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let row = 0; row < history.length; row++) {
    if (kindOf[row] === LEFT_OUT) continue;
    const key = keyOf(row);
    const count = counts[key] as number;
    (rows[key] as Int32Array)[count] = row;
    counts[key] = count + 1;
  }
  const parts = rows.flatMap((all, key): Part[] => {
    if (all.length === 0) return [];
    const { kept, dropped } = withoutUnobserved(
      history,
      model,
      all,
      (row) => kinds.get(kindOf[row] as number).operation,
    );
    const name = key === 0 ? undefined : history.names.keys[key - 1];
    const part = { key: name, rows: kept, unobserved: dropped };
    return [{ ...part, problem: () => problemOf(history, part, kinds, kindOf) }];
  });
  parts.sort((a, b) => a.rows.length - b.rows.length);
  return { clientOperations, parts };
}

/** Numbers the operations in `rows`, their classes and the positions of their completions from 0. */
function problemOf(history: History, part: Omit<Part, "problem">, kinds: Kinds, kindOf: Int32Array): Problem {
  const { invokeIndex, completeIndex, completion } = history.columns;
  const { key, rows } = part;
  const classes: TransitionClass[] = [];
  const local = new Map<number, number>();
  const classOf = new Int32Array(rows.length);
  // A sort of typed numbers instead of objects: the event index above, what happens below.
  const order = new Float64Array(2 * rows.length);
  const scale = 2 * rows.length;
  let events = 0;
  for (let operation = 0; operation < rows.length; operation++) {
    const row = rows[operation] as number;
    const kind = kinds.get(kindOf[row] as number);
    let number = local.get(kind.number);
    if (number === undefined) {
      number = classes.length;
      local.set(kind.number, number);
      classes.push(kind);
    }
    classOf[operation] = number;
    order[events++] = (invokeIndex[row] as number) * scale + 2 * operation;
    if (completion[row] === Completed.ok || completion[row] === Completed.fail) {
      order[events++] = (completeIndex[row] as number) * scale + 2 * operation + 1;
    }
  }
  const sorted = order.subarray(0, events).sort();
  const deadlines = new Int32Array(rows.length).fill(NEVER);
  let completions = 0;
  const happening = Int32Array.from(sorted, (entry) => entry % scale);
  for (const event of happening) {
    if (event & 1) deadlines[event >> 1] = completions++;
  }
  return { key, size: rows.length, rows, classOf, classes, deadlines, events: happening, completions };
}
