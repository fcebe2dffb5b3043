import { Completed, type Json } from "../../../../harness/history/index.ts";
import type { Meter } from "../../meter.ts";
import type { ObjectHistory } from "../../preparation/objects.ts";
import { NEVER } from "../../preparation/problem.ts";
import { type Extents, extentsOf, watch } from "../extents.ts";

/** The operations on a counter, as numbers. */
export interface CounterOperations {
  readonly extents: Extents;
  /** What each adds; 0 for a read. */
  readonly amount: Float64Array;
  /** What the counter stood at after it, where the answer tells, and else NaN. */
  readonly seen: Float64Array;
  /** What the counter stands at first. */
  readonly init: number;
  /** Whether an increment completed whose answer does not tell the sum. */
  readonly hasSilentAdds: boolean;
  /** Whether one of those adds nothing. */
  readonly hasSilentZeros: boolean;
}

/** Cost: O(operations). */
export function counterOperations(
  object: ObjectHistory,
  init: Json | undefined,
  meter: Meter,
): CounterOperations {
  const extents = extentsOf(object, meter);
  const { size, rows } = extents;
  meter.allocate(16 * size);
  const { columns, names, values } = object.history;
  const read = names.functions.indexOf("read");
  const addAndGet = names.functions.indexOf("add-and-get");
  const amount = new Float64Array(size);
  const seen = new Float64Array(size).fill(Number.NaN);
  let hasSilentAdds = false;
  let hasSilentZeros = false;
  for (let at = 0; at < size; at++) {
    watch(meter, at);
    const row = rows[at] as number;
    const f = columns.f[row];
    if (f !== read) amount[at] = values.get(columns.input[row] as number) as number;
    if (columns.completion[row] !== Completed.ok) continue;
    const output = values.get(columns.output[row] as number);
    if (f === read) seen[at] = output as number;
    else if (f === addAndGet) seen[at] = (output as readonly Json[])[1] as number;
    else {
      hasSilentAdds = true;
      if (amount[at] === 0) hasSilentZeros = true;
    }
  }
  return { extents, amount, seen, init: (init ?? 0) as number, hasSilentAdds, hasSilentZeros };
}

/**
 * Some operations and every increment that was invoked before the last of them completed. To leave out the others is sound, as
 * nothing that is invoked later can come before any of those, and a read changes nothing.
 */
export function withIncrementsBefore(
  { extents, amount }: CounterOperations,
  operations: readonly number[],
): number[] {
  const { size, call, ret } = extents;
  let end = -1;
  for (const operation of operations) {
    if (ret[operation] !== NEVER) end = Math.max(end, ret[operation] as number);
  }
  const all = [...operations];
  for (let at = 0; at < size && (call[at] as number) < end; at++) if (amount[at] !== 0) all.push(at);
  return all;
}
