import type { Crdt } from "./crdt.ts";
import { type GCounterState, gCounter, mergeCounts, sum } from "./g-counter.ts";

type PNCounterState = { readonly increments: GCounterState; readonly decrements: GCounterState };
type Add = { readonly node: string; readonly amount: number };

/** A counter that grows and shrinks: two that only grow. */
export const pnCounter: Crdt<PNCounterState, Add> = {
  name: "pn-counter",
  source: "specification 7",
  operations: ["add"],
  initial: { increments: {}, decrements: {} },
  read: ({ increments, decrements }) => sum(increments) - sum(decrements),
  prepare: (_state, { value }, { node }) =>
    typeof value === "number" ? { node, amount: value } : "a pn-counter adds numbers",
  apply: ({ increments, decrements }, { node, amount }) =>
    amount >= 0
      ? { increments: gCounter.apply(increments, { node, amount }), decrements }
      : { increments, decrements: gCounter.apply(decrements, { node, amount: -amount }) },
  merge: (a, b) => ({
    increments: mergeCounts(a.increments, b.increments),
    decrements: mergeCounts(a.decrements, b.decrements),
  }),
};
