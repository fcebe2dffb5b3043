import type { Meter } from "../../meter.ts";
import type { ObjectHistory } from "../../preparation/objects.ts";
import { NEVER } from "../../preparation/problem.ts";
import { type Extents, extentsOf, watch } from "../extents.ts";
import { distinctAscending } from "../ranks.ts";

/** The operations on a lock, by token. */
export interface LockOperations {
  readonly extents: Extents;
  readonly isAcquire: Uint8Array;
  /** By operation; NaN for a crashed acquire. */
  readonly token: Float64Array;
  /** The tokens that completed operations name, ascending. */
  readonly tokens: Float64Array;
  /** By rank of the token: the acquire that answered it, or -1. */
  readonly acquireOf: Int32Array;
  /** By rank of the token: the release that completed, or else the first that was invoked, or -1. */
  readonly releaseOf: Int32Array;
  /** In order of invocation. */
  readonly crashedAcquires: Int32Array;
}

export function lockOperations(object: ObjectHistory, meter: Meter): LockOperations {
  const extents = extentsOf(object, meter);
  const { size, rows, ret } = extents;
  meter.allocate(50 * size);
  const { columns, names, values } = object.history;
  const acquire = names.functions.indexOf("acquire");
  const isAcquire = new Uint8Array(size);
  const token = new Float64Array(size).fill(Number.NaN);
  const named = new Float64Array(size);
  const crashed = new Int32Array(size);
  let completed = 0;
  let unanswered = 0;
  for (let at = 0; at < size; at++) {
    watch(meter, at);
    const row = rows[at] as number;
    isAcquire[at] = columns.f[row] === acquire ? 1 : 0;
    if (isAcquire[at] === 0) token[at] = values.get(columns.input[row] as number) as number;
    else if (ret[at] === NEVER) crashed[unanswered++] = at;
    else token[at] = values.get(columns.output[row] as number) as number;
    if (ret[at] !== NEVER) named[completed++] = token[at] as number;
  }
  const tokens = distinctAscending(named.subarray(0, completed));
  return {
    extents,
    isAcquire,
    token,
    tokens,
    acquireOf: new Int32Array(tokens.length).fill(-1),
    releaseOf: new Int32Array(tokens.length).fill(-1),
    crashedAcquires: crashed.slice(0, unanswered),
  };
}
