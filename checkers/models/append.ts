import { canonicalJson, type Json } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import { excerpt } from "./excerpt.ts";
import type { Model, ModelOperation, Step } from "./model.ts";
import { sameJson } from "./same-json.ts";
import { type Operations, shape } from "./schema.ts";

/** `["append", key, element]`, or `["r", key, list]`: null before it is answered, and for a list that is empty. */
export type ListPart = readonly [f: "append" | "r", key: string | number, value: Json];

const operations: Operations = {
  txn: {
    input: shape(
      '[["append", k, v], ["r", k, null], …]',
      'a list of appends ["append", k, v] and reads ["r", k, null]',
      (value) => Array.isArray(value) && value.every(isPart),
    ),
    output: shape(
      "reads filled in",
      "the same appends and reads, with every read filled in by a list or null,",
      (value, asked) => Array.isArray(value) && Array.isArray(asked) && answers(value, asked),
    ),
  },
};

/**
 * Lists that are appended to and read together: `txn` is a list of appends `["append", k, v]` and reads `["r", k, null]`
 * that take effect at one instant, one after the other; the answer has the reads filled in with whole lists. A failed
 * transaction is dropped. Linearizable as one object is what databases call strictly serializable.
 */
export function append(): Model {
  return builtIn(
    "append",
    {},
    {
      name: "append",
      object: "store",
      operations,
      partition: "whole",
      split(operation) {
        const keys = new Set(listParts(operation).map(([, key]) => canonicalJson(key)));
        const [only] = keys;
        return keys.size === 1 ? only : undefined;
      },
      init: [],
      step(state: Json, operation: ModelOperation): Step<Json> {
        let lists = state as Lists;
        for (const [f, key, value] of listParts(operation)) {
          const list = lists.find(([name]) => sameJson(name, key))?.[1] ?? [];
          if (f === "append") lists = replaced(lists, key, [...list, value]);
          else if (operation.type === "ok" && !sameJson(list, value ?? [])) {
            return {
              rejected: `list ${JSON.stringify(key)} is ${excerpt(list)}, not ${excerpt(value ?? [])}`,
            };
          }
        }
        return { state: lists };
      },
      isPure: (operation) => listParts(operation).every(([f]) => f === "r"),
      describe(operation) {
        const told = listParts(operation).map(([f, key, value]) => {
          if (f === "append") return `appended ${JSON.stringify(value)} to ${JSON.stringify(key)}`;
          return operation.type === "ok"
            ? `read ${JSON.stringify(value ?? [])} from ${JSON.stringify(key)}`
            : `asked for ${JSON.stringify(key)}`;
        });
        return told.length === 0 ? "did nothing" : told.join(", ");
      },
    },
  );
}

/** What a transaction did, and where it was answered also what it saw. */
export function listParts({ type, input, output }: ModelOperation): readonly ListPart[] {
  return (type === "ok" && output !== undefined ? output : input) as readonly ListPart[];
}

function isPart(value: Json): boolean {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [f, key, what] = value as readonly Json[];
  if (typeof key !== "string" && typeof key !== "number") return false;
  return f === "append" || (f === "r" && (what === null || Array.isArray(what)));
}

function answers(given: readonly Json[], asked: readonly Json[]): boolean {
  return (
    given.length === asked.length &&
    given.every((part, at) => {
      if (!isPart(part)) return false;
      const [f, key, value] = part as ListPart;
      const [wanted, of, what] = asked[at] as ListPart;
      return f === wanted && key === of && (f === "r" || sameJson(value, what));
    })
  );
}

/** The lists that hold something, in order of their keys' texts. */
type Lists = readonly (readonly [key: Json, elements: readonly Json[]])[];

function replaced(lists: Lists, key: Json, elements: readonly Json[]): Lists {
  const others = lists.filter(([name]) => !sameJson(name, key));
  const text = canonicalJson(key);
  const at = others.findIndex(([name]) => canonicalJson(name) > text);
  return others.toSpliced(at === -1 ? others.length : at, 0, [key, elements]);
}
