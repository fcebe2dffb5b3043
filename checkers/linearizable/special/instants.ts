import { Completed } from "../../../harness/history/index.ts";
import type { ObjectHistory } from "../preparation/objects.ts";

/**
 * When the operations of an object ran, in instants: the places in real time where it pays to let operations take
 * effect. A new instant begins with every invocation that directly follows a completion, so an instant is a run of
 * invocations and the run of completions behind it.
 *
 * Nothing is lost: one operation ended before another began if and only if its `ret` is smaller than the `call` of
 * the other, and operations can take effect together at some point in time if and only if they share an instant.
 */
export interface Instants {
  /** The instant of each operation's invocation, by its place in `rows`. Ascending. */
  readonly call: Int32Array;
  /** The instant of its completion; `count` where it crashed. */
  readonly ret: Int32Array;
  /** Instants are 0 … count - 1. */
  readonly count: number;
}

/** Cost: O(n log n), for the order of the completions. */
export function instantsOf({ history, rows }: ObjectHistory): Instants {
  const { completion, invokeIndex, completeIndex } = history.columns;
  const n = rows.length;
  // One sortable number for a completion and its operation: below 2^53 for any history that fits into memory.
  const completions = new Float64Array(n);
  let completed = 0;
  for (let operation = 0; operation < n; operation++) {
    const row = rows[operation] as number;
    if (completion[row] === Completed.open || completion[row] === Completed.info) continue;
    completions[completed++] = (completeIndex[row] as number) * n + operation;
  }
  const sorted = completions.subarray(0, completed).sort();
  const call = new Int32Array(n);
  const ret = new Int32Array(n).fill(-1);
  let instant = 0;
  let next = 0;
  for (let operation = 0; operation < n; operation++) {
    const invoked = invokeIndex[rows[operation] as number] as number;
    let passed = false;
    for (; next < completed && (sorted[next] as number) < invoked * n; next++) {
      ret[(sorted[next] as number) % n] = instant;
      passed = true;
    }
    if (passed) instant++;
    call[operation] = instant;
  }
  for (; next < completed; next++) ret[(sorted[next] as number) % n] = instant;
  const count = instant + 1;
  for (let operation = 0; operation < n; operation++) if (ret[operation] === -1) ret[operation] = count;
  return { call, ret, count };
}
