import { Completed, type History } from "../../../harness/history/index.ts";
import type { Model, ModelOperation } from "../../models/index.ts";
import { flows, NEEDS_NONE, NEEDS_SOME } from "./flow.ts";

/**
 * Parts `rows` into those that matter and the crashed operations whose effect nobody can have observed: no operation that is left needs the
 * state that it leaves, or looks at the state in another way, and ends after its invocation.
 *
 * Sound, since whatever stands between such an operation and the next one with an effect would do the same without it.
 * A crashed compare-and-set both observes and is observed; taking one away may free another, until nothing changes.
 *
 * Cost: O(n), and O(c) for each crashed operation that falls, c those that left the same state.
 */
export function withoutUnobserved(
  history: History,
  model: Model,
  rows: Int32Array,
  operationOf: (row: number) => ModelOperation,
): { readonly kept: Int32Array; readonly dropped: Int32Array } {
  const { dataflow } = model;
  const { completion, invokeIndex, completeIndex } = history.columns;
  const isCrashed = (row: number) => completion[row] === Completed.open || completion[row] === Completed.info;
  if (dataflow === undefined || !rows.some(isCrashed)) return { kept: rows, dropped: new Int32Array(0) };

  const flowOf = flows(dataflow);
  /** By state: the last completion that observed it, and how many crashed operations may. */
  const observed = new Map<string, { lastIndex: number; crashed: number }>();
  const observersOf = (state: string) => {
    let observers = observed.get(state);
    if (observers === undefined) {
      observers = { lastIndex: -1, crashed: 0 };
      observed.set(state, observers);
    }
    return observers;
  };
  const anyState = { lastIndex: -1, crashed: 0 };
  const crashedBySource = new Map<string, number[]>();
  for (const row of rows) {
    const { leaves, needs } = flowOf(operationOf(row));
    const observers = needs === NEEDS_NONE ? undefined : needs === NEEDS_SOME ? anyState : observersOf(needs);
    if (isCrashed(row)) {
      if (observers !== undefined) observers.crashed++;
      if (leaves === undefined) continue;
      const sources = crashedBySource.get(leaves) ?? [];
      sources.push(row);
      crashedBySource.set(leaves, sources);
    } else if (observers !== undefined) {
      observers.lastIndex = Math.max(observers.lastIndex, completeIndex[row] as number);
    }
  }

  const dropped = new Set<number>();
  const toVisit = [...crashedBySource.keys()];
  for (let state = toVisit.pop(); state !== undefined; state = toVisit.pop()) {
    const observers = observersOf(state);
    if (observers.crashed > 0 || anyState.crashed > 0) continue;
    const lastIndex = Math.max(observers.lastIndex, anyState.lastIndex);
    for (const row of crashedBySource.get(state) ?? []) {
      if (dropped.has(row) || (invokeIndex[row] as number) < lastIndex) continue;
      dropped.add(row);
      const { needs } = flowOf(operationOf(row));
      if (needs === NEEDS_NONE || needs === NEEDS_SOME) continue;
      observersOf(needs).crashed--;
      toVisit.push(needs);
    }
  }
  return { kept: rows.filter((row) => !dropped.has(row)), dropped: rows.filter((row) => dropped.has(row)) };
}
