import type { ScriptedOperation } from "../harness/generator/index.ts";
import { type History, NEMESIS, type Operation } from "../harness/history/index.ts";
import { FINAL_HEAL } from "../harness/ports/index.ts";

/** What clients did in a run, by what they were to do it. */
export interface RecordedOperations {
  /** Up to the final heal. */
  readonly load: readonly ScriptedOperation[];
  /** From there on. */
  readonly recovery: readonly ScriptedOperation[];
  /** When the final heal began, after the start of the load; `undefined` where the run was ended before. */
  readonly healNs: number | undefined;
}

/**
 * The operations of a history as a script: each at the time and on the thread of its invocation, counted from the first
 * one, which is when the load started. Cost: O(n).
 *
 * `concurrency`: the number of client threads that it was recorded with; process p ran on thread p mod `concurrency`.
 */
export function recordedOperations(history: History, concurrency: number): RecordedOperations {
  const { columns } = history;
  const load: ScriptedOperation[] = [];
  const recovery: ScriptedOperation[] = [];
  let originNs: number | undefined;
  let healNs: number | undefined;
  for (let id = 0; id < history.length; id++) {
    const operation = history.operation(id);
    originNs ??= operation.invokeTimeNs;
    if (columns.process[id] === NEMESIS) {
      if (operation.f === FINAL_HEAL) healNs = operation.invokeTimeNs - originNs;
      continue;
    }
    (healNs === undefined ? load : recovery).push(scripted(operation, originNs, concurrency));
  }
  return { load, recovery, healNs };
}

function scripted(
  { invokeTimeNs, process, f, key, input: value }: Operation,
  originNs: number,
  concurrency: number,
): ScriptedOperation {
  const base = { timeNs: invokeTimeNs - originNs, thread: (process as number) % concurrency, f };
  return key === undefined ? { ...base, value } : { ...base, key, value };
}
