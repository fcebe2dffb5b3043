import type { Json } from "../../../../harness/history/index.ts";
import type { ObjectHistory } from "../../preparation/objects.ts";
import { type Instants, instantsOf } from "../instants.ts";

/**
 * What an operation says about one element: `changes`, it put the element in (or took it out) where it was not; `sets`, the
 * same, or the element was in (or out) already, nobody said which; `sees`, the element was in (or out) and stayed so.
 */
export const Kind = { changes: 0, sets: 1, sees: 2 } as const;

/** The operations on one element of a set, by their place in `object.rows`. */
export interface ElementOperations {
  readonly object: ObjectHistory;
  readonly instants: Instants;
  readonly kind: Uint8Array;
  /** 1: the element is in after it, or was in when it was seen. 0: out. */
  readonly present: Uint8Array;
}

/** Cost: O(n log n), for the instants. There is no operation on the set as a whole. */
export function elementOperations(object: ObjectHistory): ElementOperations {
  const { history, rows } = object;
  const { columns, names, values } = history;
  const instants = instantsOf(object);
  const kind = new Uint8Array(rows.length);
  const present = new Uint8Array(rows.length);
  for (let operation = 0; operation < rows.length; operation++) {
    const row = rows[operation] as number;
    const f = names.functions[columns.f[row] as number];
    const crashed = instants.ret[operation] === instants.count;
    const said = crashed ? undefined : answer(values.get(columns.output[row] as number));
    if (f === "contains") {
      kind[operation] = Kind.sees;
      present[operation] = said === true ? 1 : 0;
      continue;
    }
    // Told that nothing changed: an element that was to be added was in.
    const isIn = (f === "add") === (said !== false);
    kind[operation] = said === false ? Kind.sees : said === true ? Kind.changes : Kind.sets;
    present[operation] = said === false ? (f === "add" ? 1 : 0) : isIn ? 1 : 0;
  }
  return { object, instants, kind, present };
}

function answer(output: Json): boolean | undefined {
  return Array.isArray(output) && output.length === 2 && typeof output[1] === "boolean"
    ? output[1]
    : undefined;
}
