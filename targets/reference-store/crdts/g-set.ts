import { canonicalJson } from "../../../harness/history/index.ts";
import type { Json } from "../../../harness/history/operation.ts";
import type { Crdt } from "./crdt.ts";

/** Elements by their canonical text. */
export type Elements = Readonly<Record<string, Json>>;
type Add = { readonly element: Json };

/** A set that only grows. */
export const gSet: Crdt<Elements, Add> = {
  name: "g-set",
  source: "specification 11",
  operations: ["add"],
  initial: {},
  read: (state) => inOrder(state),
  prepare: (_state, { value }) => ({ element: value }),
  apply: (state, { element }) => withElement(state, element),
  merge: (a, b) => ({ ...a, ...b }),
};

export function withElement(elements: Elements, element: Json): Elements {
  return { ...elements, [canonicalJson(element)]: element };
}

/** The elements in the order of their text, so that equal sets are equal lists. */
export function inOrder(elements: Elements): Json {
  return Object.keys(elements)
    .sort()
    .map((text) => elements[text] as Json);
}
