import { Completed } from "../../../harness/history/index.ts";
import type { Meter } from "../meter.ts";
import type { ObjectHistory } from "../objects.ts";
import { NEVER } from "../problem.ts";
import type { SpecialDecision } from "./special-checker.ts";

/** When the operations on one object began and ended. They are numbered from 0 in order of invocation. */
export interface Spans {
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

/** Cost: O(operations). */
export function spansOf({ history, rows }: ObjectHistory, meter: Meter): Spans {
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

/** The completed ones of some operations (by default of all), in order of completion. Cost: O(n log n). */
export function byCompletion({ size, ret }: Spans, operations?: Int32Array): Int32Array {
  const among = operations ?? Int32Array.from({ length: size }, (_, operation) => operation);
  // Number and end in one, as sorting numbers is native: both together stay below 2^53 for 6 · 10^7 operations.
  const keys = new Float64Array(among.length);
  let completed = 0;
  for (const operation of among) {
    const end = ret[operation] as number;
    if (end !== NEVER) keys[completed++] = end * size + operation;
  }
  return Int32Array.from(keys.subarray(0, completed).sort(), (key) => key % size);
}

/** The operation that completed last, of those that did. */
export function lastToComplete({ ret }: Spans, operations: readonly number[]): number {
  const end = (operation: number) => (ret[operation] === NEVER ? -1 : (ret[operation] as number));
  return operations.reduce((last, operation) => (end(operation) > end(last) ? operation : last));
}

/** A violation by some operations, in any order and named any number of times. */
export function violation(
  { rows }: Spans,
  operations: Iterable<number>,
  operation: number,
  why: string,
): SpecialDecision {
  const proof = Int32Array.from(new Set(operations), (each) => rows[each] as number).sort();
  return { verdict: "invalid", violation: { rows: proof, row: rows[operation] as number, why } };
}

export function valid({ rows }: Spans, order: () => Int32Array): SpecialDecision {
  return { verdict: "valid", order: () => order().map((operation) => rows[operation] as number) };
}

export function declined(why: string): SpecialDecision {
  return { verdict: "declined", why };
}
