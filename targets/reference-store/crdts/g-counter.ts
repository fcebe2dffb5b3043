import type { Crdt } from "./crdt.ts";

/** For each node the sum of what was added there. */
export type GCounterState = Readonly<Record<string, number>>;
type Add = { readonly node: string; readonly amount: number };

/** A counter that only grows. */
export const gCounter: Crdt<GCounterState, Add> = {
  name: "g-counter",
  source: "specification 6",
  operations: ["add"],
  initial: {},
  read: sum,
  prepare: (_state, { value }, { node }) =>
    typeof value === "number" && value >= 0 ? { node, amount: value } : "a g-counter only grows",
  apply: (state, { node, amount }) => ({ ...state, [node]: (state[node] ?? 0) + amount }),
  merge: mergeCounts,
};

/** All that was added. */
export function sum(state: GCounterState): number {
  return Object.values(state).reduce((total, amount) => total + amount, 0);
}

/** The larger of each node's sums: a node's own only grow. */
export function mergeCounts(a: GCounterState, b: GCounterState): GCounterState {
  const merged: Record<string, number> = { ...a };
  for (const [node, amount] of Object.entries(b)) merged[node] = Math.max(merged[node] ?? 0, amount);
  return merged;
}
