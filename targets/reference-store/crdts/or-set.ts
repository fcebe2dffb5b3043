import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../../harness/history/operation.ts";
import { type Crdt, dotText } from "./crdt.ts";
import { inOrder, withElement } from "./g-set.ts";

/** Every addition by its stamp, and the stamps that were removed. */
type ORSetState = {
  readonly added: Readonly<Record<string, Json>>;
  readonly removed: Readonly<Record<string, true>>;
};
type Change = { readonly add: string; readonly element: Json } | { readonly remove: readonly string[] };

/** A set in which a remove takes away the additions that it has seen, so that one made at the same time wins. */
export const orSet: Crdt<ORSetState, Change> = {
  name: "or-set",
  source: "specification 15",
  operations: ["add", "remove"],
  initial: { added: {}, removed: {} },
  read({ added, removed }) {
    const present = Object.entries(added).filter(([dot]) => !Object.hasOwn(removed, dot));
    return inOrder(present.reduce((elements, [, element]) => withElement(elements, element), {}));
  },
  prepare({ added, removed }, { f, value }, { dot }) {
    if (f === "add") return { add: dotText(dot), element: value };
    const seen = Object.keys(added).filter(
      (each) => !Object.hasOwn(removed, each) && isDeepStrictEqual(added[each], value),
    );
    return seen.length === 0 ? undefined : { remove: seen };
  },
  apply: ({ added, removed }, change) =>
    "add" in change
      ? { added: { ...added, [change.add]: change.element }, removed }
      : {
          added,
          removed: { ...removed, ...Object.fromEntries(change.remove.map((dot) => [dot, true as const])) },
        },
  merge: (a, b) => ({ added: { ...a.added, ...b.added }, removed: { ...a.removed, ...b.removed } }),
};
