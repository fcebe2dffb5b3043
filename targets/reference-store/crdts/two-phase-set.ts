import { canonicalJson } from "../../../harness/history/index.ts";
import type { Json } from "../../../harness/history/operation.ts";
import type { Crdt } from "./crdt.ts";
import { type Elements, inOrder, withElement } from "./g-set.ts";

type TwoPhaseSetState = { readonly added: Elements; readonly removed: Elements };
type Change = { readonly f: string; readonly element: Json };

/** A set from which an element can be removed once and for all: an added set and a removed set, which only grow. */
export const twoPhaseSet: Crdt<TwoPhaseSetState, Change> = {
  name: "2p-set",
  source: "specification 12",
  operations: ["add", "remove"],
  initial: { added: {}, removed: {} },
  read({ added, removed }) {
    return inOrder(
      Object.fromEntries(Object.entries(added).filter(([text]) => !Object.hasOwn(removed, text))),
    );
  },
  prepare({ added, removed }, { f, value }) {
    const text = canonicalJson(value);
    if (f === "add") {
      return Object.hasOwn(removed, text)
        ? "what was removed from a 2p-set never comes back"
        : { f, element: value };
    }
    return Object.hasOwn(added, text) ? { f, element: value } : undefined;
  },
  apply: ({ added, removed }, { f, element }) =>
    f === "add"
      ? { added: withElement(added, element), removed }
      : { added, removed: withElement(removed, element) },
  merge: (a, b) => ({ added: { ...a.added, ...b.added }, removed: { ...a.removed, ...b.removed } }),
};
