import { Completed } from "../../../harness/history/index.ts";
import type { Kind } from "./kinds.ts";
import type { ObjectHistory } from "./objects.ts";
import { NEVER, type Problem, type TransitionClass } from "./problem.ts";

/**
 * The problem of one object: its operations, their classes and the positions of their completions numbered from 0.
 *
 * Cost: O(n log n) for n operations.
 */
export function numberProblem({ history, key, rows }: ObjectHistory, kindOf: (row: number) => Kind): Problem {
  const { invokeIndex, completeIndex, completion } = history.columns;
  const classes: TransitionClass[] = [];
  const local = new Map<number, number>();
  const classOf = new Int32Array(rows.length);
  // A sort of typed numbers instead of objects: the event index above, what happens below.
  const order = new Float64Array(2 * rows.length);
  const scale = 2 * rows.length;
  let events = 0;
  for (let operation = 0; operation < rows.length; operation++) {
    const row = rows[operation] as number;
    const kind = kindOf(row);
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
