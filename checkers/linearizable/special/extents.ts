import { Completed } from "../../../harness/history/index.ts";
import type { Meter } from "../meter.ts";
import type { ObjectHistory } from "../preparation/objects.ts";
import { NEVER } from "../preparation/problem.ts";
import type { SpecialDecision } from "./special-checker.ts";

/** When the operations on one object began and ended. They are numbered from 0 in order of invocation. */
export interface Extents {
  readonly size: number;
  /** Rows of the history. */
  readonly rows: Int32Array;
  /** Index of the invocation among all events. */
  readonly call: Int32Array;
  /** Index of the completion, or {@link NEVER} where nobody knows whether the operation took effect. */
  readonly ret: Int32Array;
}

/** Steps between two looks at the meter; a power of two. */
const STRIDE = 4096;
/** Events for each operation of an object, from which on they lie scattered. */
const SCATTERED = 16;

/** Cost: O(operations). */
export function extentsOf({ history, rows }: ObjectHistory, meter: Meter): Extents {
  meter.allocate(8 * rows.length);
  const { invokeIndex, completeIndex, completion } = history.columns;
  const call = new Int32Array(rows.length);
  const ret = new Int32Array(rows.length);
  for (let at = 0; at < rows.length; at++) {
    watch(meter, at);
    const row = rows[at] as number;
    call[at] = invokeIndex[row] as number;
    ret[at] = completion[row] === Completed.ok ? (completeIndex[row] as number) : NEVER;
  }
  return { size: rows.length, rows, call, ret };
}

/** Looks at the meter once in a while, from a loop that counts its rounds. */
export function watch(meter: Meter, round: number): void {
  if ((round & (STRIDE - 1)) === STRIDE - 1) meter.spend(STRIDE);
}

/**
 * The completed operations, in order of completion.
 *
 * Cost: O(n), where the events are mostly those of this object; O(n log n) where they lie scattered among many others.
 */
export function byCompletion({ size, call, ret }: Extents): Int32Array {
  const order = new Int32Array(size);
  let completed = 0;
  let last = -1;
  for (let at = 0; at < size; at++) {
    if (ret[at] === NEVER) continue;
    last = Math.max(last, ret[at] as number);
    completed++;
  }
  const first = size === 0 ? 0 : (call[0] as number);
  if (last - first > SCATTERED * size) {
    let next = 0;
    for (let at = 0; at < size; at++) if (ret[at] !== NEVER) order[next++] = at;
    return order.subarray(0, completed).sort((a, b) => (ret[a] as number) - (ret[b] as number));
  }
  const endingAt = new Int32Array(last < 0 ? 0 : last - first + 1).fill(-1);
  for (let at = 0; at < size; at++) if (ret[at] !== NEVER) endingAt[(ret[at] as number) - first] = at;
  let next = 0;
  for (let event = 0; event < endingAt.length; event++) {
    const operation = endingAt[event] as number;
    if (operation !== -1) order[next++] = operation;
  }
  return order.subarray(0, completed);
}

/** The operation that completed last, of those that did. */
export function lastToComplete({ ret }: Extents, operations: readonly number[]): number {
  const end = (operation: number) => (ret[operation] === NEVER ? -1 : (ret[operation] as number));
  return operations.reduce((last, operation) => (end(operation) > end(last) ? operation : last));
}

/** A violation by some operations, in any order and named any number of times. */
export function violation(
  { rows }: Extents,
  operations: Iterable<number>,
  operation: number,
  why: string,
): SpecialDecision {
  const proof = Int32Array.from(new Set(operations), (each) => rows[each] as number).sort();
  return { verdict: "invalid", violation: { rows: proof, row: rows[operation] as number, why } };
}

export function valid({ rows }: Extents, order: () => Int32Array): SpecialDecision {
  return { verdict: "valid", order: () => order().map((operation) => rows[operation] as number) };
}

export function declined(why: string): SpecialDecision {
  return { verdict: "declined", why };
}
