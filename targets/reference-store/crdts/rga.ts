import { canonicalJson } from "../../../harness/history/index.ts";
import type { Json } from "../../../harness/history/operation.ts";
import { type Crdt, compareDots, type Dot } from "./crdt.ts";

/** An element of the list: its stamp, and the element behind which it was put (null: at the head). */
type Vertex = { readonly element: Json; readonly dot: Dot; readonly after: string | null };

/** Elements by their text, those that were removed too: others may stand behind them. */
type RGAState = {
  readonly vertices: Readonly<Record<string, Vertex>>;
  readonly removed: Readonly<Record<string, true>>;
};
type Change = { readonly insert: Vertex } | { readonly remove: string };

/**
 * A list: a replicated growable array (Roh et al., 2011). Of elements that were put behind the same one, the one with the
 * largest stamp stands first, so that what one replica puts there later stands closer. Elements are distinct.
 */
export const rga: Crdt<RGAState, Change> = {
  name: "rga",
  source: "specification 19",
  operations: ["insert", "remove"],
  initial: { vertices: {}, removed: {} },
  read({ vertices, removed }) {
    const behind = new Map<string | null, string[]>();
    for (const [text, { after }] of Object.entries(vertices))
      behind.set(after, [...(behind.get(after) ?? []), text]);
    for (const texts of behind.values()) {
      texts.sort((a, b) => compareDots((vertices[b] as Vertex).dot, (vertices[a] as Vertex).dot));
    }
    const list: Json[] = [];
    const left = [...(behind.get(null) ?? [])].reverse();
    for (let text = left.pop(); text !== undefined; text = left.pop()) {
      if (!Object.hasOwn(removed, text)) list.push((vertices[text] as Vertex).element);
      left.push(...[...(behind.get(text) ?? [])].reverse());
    }
    return list;
  },
  prepare({ vertices, removed }, { f, value }, { dot }) {
    const known = (text: string) => Object.hasOwn(vertices, text);
    if (f === "remove") {
      const text = canonicalJson(value);
      return known(text) && !Object.hasOwn(removed, text) ? { remove: text } : undefined;
    }
    const [element, after = null] = value as readonly Json[];
    if (element === undefined) return "an insert names an element, and the one to put it behind";
    if (known(canonicalJson(element))) return `${canonicalJson(element)} is in the list already`;
    const place = after === null ? null : canonicalJson(after);
    if (place !== null && !known(place)) return `${place} is not in the list here`;
    return { insert: { element, dot, after: place } };
  },
  apply: ({ vertices, removed }, change) =>
    "insert" in change
      ? { vertices: { ...vertices, [canonicalJson(change.insert.element)]: change.insert }, removed }
      : { vertices, removed: { ...removed, [change.remove]: true } },
  merge: (a, b) => ({
    vertices: { ...a.vertices, ...b.vertices },
    removed: { ...a.removed, ...b.removed },
  }),
};
