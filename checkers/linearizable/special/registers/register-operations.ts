import { Completed, type Json } from "../../../../harness/history/index.ts";
import type { ObjectHistory } from "../../preparation/objects.ts";
import { NEVER } from "../../preparation/problem.ts";
import { ValueNumbers } from "./value-numbers.ts";

export { NEVER } from "../../preparation/problem.ts";

/** In a column: no value, no operation. */
export const NONE = -1;
/** The instant before every event. */
export const BEFORE_ALL = -1;

/** What an operation does to a register. `refusal`: a compare-and-set that was answered "the value differs". */
export const Kind = { write: 0, read: 1, cas: 2, refusal: 3 } as const;

/**
 * The operations on one register in columns, numbered from 0 in order of invocation. After the last comes one more: the
 * initial value, as a write that was over before the history began.
 */
export interface RegisterOperations {
  readonly object: ObjectHistory;
  /** Without the initial value, the number of which it therefore is. */
  readonly size: number;
  /** One of {@link Kind}. A compare-and-set that changes nothing is a read. */
  readonly kind: Uint8Array;
  /** Number of the value that the operation needs to find, or in a refusal not to find; NONE for a write. */
  readonly observed: Int32Array;
  /** Number of the value that it leaves; NONE where it changes nothing. */
  readonly written: Int32Array;
  /** Event of the invocation. */
  readonly call: Int32Array;
  /** Event of the completion; NEVER for a crashed operation. */
  readonly ret: Int32Array;
  readonly values: ValueNumbers;
  readonly hasRefusals: boolean;
}

/** What operations do to a register, by name. `clear` writes a value that it does not name. */
export type Functions = Readonly<Record<string, "read" | "write" | "cas" | "clear">>;

export interface Meaning {
  readonly functions: Functions;
  readonly init: Json;
  /** What `clear` writes. */
  readonly cleared: Json;
}

/** Bytes an operation takes in the columns of all registers' files, about. */
export const OPERATION_BYTES = 128;

/**
 * The columns of an object; or the name of an operation that does something else than registers do.
 *
 * Cost: O(n).
 */
export function registerOperations(
  object: ObjectHistory,
  { functions, init, cleared }: Meaning,
): RegisterOperations | string {
  const { history, rows } = object;
  const { columns, names } = history;
  const size = rows.length;
  const meanings = names.functions.map((f) => (Object.hasOwn(functions, f) ? functions[f] : undefined));
  const kind = new Uint8Array(size + 1);
  const observed = new Int32Array(size + 1).fill(NONE);
  const written = new Int32Array(size + 1).fill(NONE);
  const call = new Int32Array(size + 1);
  const ret = new Int32Array(size + 1);
  const values = new ValueNumbers(history.values, size);
  let hasRefusals = false;
  for (let i = 0; i < size; i++) {
    const row = rows[i] as number;
    const meaning = meanings[columns.f[row] as number];
    if (meaning === undefined) return names.functions[columns.f[row] as number] as string;
    const completion = columns.completion[row];
    const crashed = completion === Completed.open || completion === Completed.info;
    call[i] = columns.invokeIndex[row] as number;
    ret[i] = crashed ? NEVER : (columns.completeIndex[row] as number);
    const input = columns.input[row] as number;
    if (meaning === "write" || meaning === "clear") {
      kind[i] = Kind.write;
      written[i] = meaning === "write" ? values.ofId(input) : values.of(cleared);
    } else if (meaning === "read") {
      kind[i] = Kind.read;
      observed[i] = values.ofId(columns.output[row] as number);
    } else {
      const [from, to] = history.values.get(input) as readonly [Json, Json];
      const needed = values.of(from);
      const left = values.of(to);
      observed[i] = needed;
      if (completion === Completed.fail) {
        kind[i] = Kind.refusal;
        hasRefusals = true;
      } else if (needed === left) kind[i] = Kind.read;
      else {
        kind[i] = Kind.cas;
        written[i] = left;
      }
    }
  }
  kind[size] = Kind.write;
  written[size] = values.of(init);
  call[size] = BEFORE_ALL;
  ret[size] = BEFORE_ALL;
  return { object, size, kind, observed, written, call, ret, values, hasRefusals };
}

/** The numbers of `some` operations, sorted by what `instants` says of each. Cost: a sort of plain numbers. */
export function sortedBy(some: Int32Array, instants: Int32Array): Int32Array {
  const scale = instants.length;
  const packed = new Float64Array(some.length);
  for (let at = 0; at < some.length; at++) {
    const i = some[at] as number;
    packed[at] = ((instants[i] as number) + 1) * scale + i;
  }
  packed.sort();
  const sorted = new Int32Array(some.length);
  for (let at = 0; at < some.length; at++) sorted[at] = (packed[at] as number) % scale;
  return sorted;
}
