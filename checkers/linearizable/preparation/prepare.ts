import type { History } from "../../../harness/history/index.ts";
import type { Model } from "../../models/index.ts";
import { Kinds } from "./kinds.ts";
import { numberProblem } from "./number-problem.ts";
import { type ObjectHistory, objectsOf } from "./objects.ts";
import type { Problem } from "./problem.ts";
import { siftRows } from "./sift.ts";
import { withoutUnobserved } from "./unobserved.ts";

/** A history taken apart into independent objects. */
export interface Prepared {
  /** One for each object, the one with the fewest operations first; objects of equal size in order of first use. */
  readonly parts: readonly Part[];
}

/** The operations on one object. */
export interface Part extends ObjectHistory {
  /** What the search gets. Built when asked for, so that the search holds one object's at a time. */
  problem(): PreparedProblem;
  /** The problem of some of the rows alone, in order of invocation; nothing is left out of it. */
  problemOf(rows: Int32Array): Problem;
}

interface PreparedProblem {
  readonly problem: Problem;
  /** Rows of crashed operations that may have taken effect, but that nobody observed; left out of the problem. */
  readonly unobserved: Int32Array;
}

/**
 * Keeps what the verdict depends on ({@link siftRows}), by object ({@link objectsOf}), and without the crashed operations
 * whose effect nobody can have observed.
 *
 * Cost: O(n) for n operations, and O(n log n) for the problems.
 * Errors: UsageError `history-does-not-fit-model`, with the first operation that does not fit.
 */
export function prepare(history: History, model: Model): Prepared {
  const kinds = new Kinds(history, model);
  const parts = objectsOf(history, model, siftRows(history, model)).map((object) =>
    partOf(object, model, kinds),
  );
  parts.sort((a, b) => a.rows.length - b.rows.length);
  return { parts };
}

/** One object by itself, of rows that {@link prepare} gave it. `kinds`: of the same history and model. */
export function partOf(object: ObjectHistory, model: Model, kinds: Kinds): Part {
  const kindOf = (row: number) => kinds.get(kinds.ofRow(row));
  return {
    ...object,
    problem() {
      const { kept, dropped } = withoutUnobserved(
        object.history,
        model,
        object.rows,
        (row) => kindOf(row).operation,
      );
      return { problem: numberProblem({ ...object, rows: kept }, kindOf), unobserved: dropped };
    },
    problemOf: (rows) => numberProblem({ ...object, rows }, kindOf),
  };
}
