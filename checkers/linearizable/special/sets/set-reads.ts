import { canonicalJson, type Json } from "../../../../harness/history/index.ts";
import type { ObjectHistory } from "../../preparation/objects.ts";
import { type Instants, instantsOf } from "../instants.ts";

/** A set that only grows: every element is added once, and reads see all of it. Operations by their place in `rows`. */
export interface SetReads {
  readonly object: ObjectHistory;
  readonly instants: Instants;
  /** The addition of each element. */
  readonly additions: readonly number[];
  readonly reads: readonly SetRead[];
}

export interface SetRead {
  readonly operation: number;
  /** Elements, by their place in `additions`. */
  readonly elements: readonly number[];
}

/** A read that cannot be, whatever the order is. */
export interface ImpossibleRead {
  readonly operation: number;
  readonly why: string;
}

/** Cost: O(n log n), and O(s) for s elements in all reads together. */
export function setReads(
  object: ObjectHistory,
): SetReads | { readonly impossible: ImpossibleRead } | { readonly declined: string } {
  const { history, rows } = object;
  const { columns, names, values } = history;
  const instants = instantsOf(object);
  const additions: number[] = [];
  const numbers = new Map<string, number>();
  const readers: number[] = [];
  for (let operation = 0; operation < rows.length; operation++) {
    const row = rows[operation] as number;
    const f = names.functions[columns.f[row] as number];
    if (f === "read") readers.push(operation);
    else if (f !== "add") return { declined: `the set is read as a whole, and not only added to: ${f}` };
    else {
      const input = values.get(columns.input[row] as number);
      const element = canonicalJson(Array.isArray(input) ? (input[0] as Json) : (input as Json));
      if (numbers.has(element)) return { declined: `${element} is added more than once` };
      const output =
        instants.ret[operation] === instants.count ? null : values.get(columns.output[row] as number);
      if (Array.isArray(output) && output[1] === false) {
        return { declined: `${element} is added once, and was in the set already` };
      }
      numbers.set(element, additions.length);
      additions.push(operation);
    }
  }
  const reads: SetRead[] = [];
  for (const operation of readers) {
    const seen = values.get(columns.output[rows[operation] as number] as number) as readonly Json[] | null;
    // Sifting leaves out reads without an answer, as they tell nothing.
    if (seen === null) continue;
    const elements: number[] = [];
    const once = new Set<number>();
    for (const each of seen) {
      const element = canonicalJson(each);
      const number = numbers.get(element);
      if (number === undefined) return { impossible: { operation, why: `but ${element} was never added` } };
      if (once.has(number)) {
        return {
          impossible: { operation, why: `but a set holds ${element} once, and it stands there twice` },
        };
      }
      once.add(number);
      elements.push(number);
    }
    reads.push({ operation, elements });
  }
  return { object, instants, additions, reads };
}
