import { canonicalJson, type Json } from "../../../../harness/history/index.ts";
import type { Meter } from "../../meter.ts";
import type { ObjectHistory } from "../../preparation/objects.ts";
import { NEVER } from "../../preparation/problem.ts";
import { type Extents, extentsOf, watch } from "../extents.ts";

/** The operations on a log: what each read showed, and where each append stands by its own answer. */
export interface LogOperations {
  readonly extents: Extents;
  readonly isRead: Uint8Array;
  /** Of an append the offset that it answered, of a read that from which on it was to answer; NaN for an append without. */
  readonly offset: Float64Array;
  /** Of a completed read the number of values in its answer. */
  readonly shown: Int32Array;
  readonly appends: number;
  /** The value that an append was invoked with. */
  appended(operation: number): Json;
  /** The values that a completed read answered. The same array at every call, so do not change it. */
  valuesOf(read: number): readonly Json[];
  /** True for a read that was asked for all. */
  isWhole(operation: number): boolean;
}

/** Cost: linear in the size of the values. */
export function logOperations(object: ObjectHistory, meter: Meter): LogOperations {
  const extents = extentsOf(object, meter);
  const { size, rows, ret } = extents;
  meter.allocate(13 * size);
  const { columns, names, values } = object.history;
  const read = names.functions.indexOf("read");
  const isRead = new Uint8Array(size);
  const offset = new Float64Array(size);
  const shown = new Int32Array(size);
  const input = (at: number) => columns.input[rows[at] as number] as number;
  const output = (at: number) => columns.output[rows[at] as number] as number;
  const valuesOf = (at: number) => {
    const answer = values.get(output(at)) as readonly Json[];
    return values.get(input(at)) === null ? answer : answer.slice(1);
  };
  let appends = 0;
  for (let at = 0; at < size; at++) {
    watch(meter, at);
    if (columns.f[rows[at] as number] === read) {
      isRead[at] = 1;
      const from = values.get(input(at));
      offset[at] = from === null ? 0 : (from as number);
      if (ret[at] === NEVER) continue;
      const length = (values.get(output(at)) as readonly Json[]).length;
      shown[at] = from === null ? length : length - 1;
      meter.spend(shown[at] as number);
      continue;
    }
    appends++;
    offset[at] = Number.NaN;
    // A value that is a pair itself, answered with itself, tells no offset.
    if (ret[at] === NEVER || output(at) === input(at)) continue;
    const answer = values.get(output(at));
    if (Array.isArray(answer)) offset[at] = (answer as readonly Json[])[1] as number;
  }
  return {
    extents,
    isRead,
    offset,
    shown,
    appends,
    appended: (at) => values.get(input(at)),
    valuesOf,
    isWhole: (at) => values.get(input(at)) === null,
  };
}

/** For looking things up by value: scalars are themselves, and texts stand for arrays and objects. */
export class ByValue {
  readonly #scalars = new Map<Json, number>();
  readonly #texts = new Map<string, number>();

  get(value: Json): number | undefined {
    return value !== null && typeof value === "object"
      ? this.#texts.get(canonicalJson(value))
      : this.#scalars.get(value);
  }

  set(value: Json, number: number): void {
    if (value !== null && typeof value === "object") this.#texts.set(canonicalJson(value), number);
    else this.#scalars.set(value, number);
  }
}
