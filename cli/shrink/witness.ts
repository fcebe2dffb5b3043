import type { ScriptedOperation } from "../../harness/generator/index.ts";
import { NEMESIS } from "../../harness/history/index.ts";
import type { SimulatedRun } from "../simulate-run.ts";
import type { ScriptedPlan } from "./size.ts";

/** The operations of a script that show an anomaly, and what is known of them. */
export interface Witnesses {
  readonly operations: ReadonlySet<ScriptedOperation>;
  /** The keys that it is about. */
  readonly keys: ReadonlySet<unknown>;
  /** When the last operation was over that shows the anomaly, final reads included. */
  readonly endNs: number;
}

/**
 * The operations of a script of which an anomaly of its run speaks. The n-th invocation of a thread is the n-th
 * operation of the script on it, however much later it started.
 */
export function witnessesOf(
  { script, concurrency }: ScriptedPlan,
  { history, verdict }: SimulatedRun,
): Witnesses {
  const named = new Set(
    verdict.checks.flatMap(({ anomalies }) => anomalies.flatMap(({ operations }) => operations)),
  );
  const { columns } = history;
  const queues = new Map<number, ScriptedOperation[]>();
  for (const each of script.operations.toSorted((a, b) => a.timeNs - b.timeNs)) {
    queues.set(each.thread, [...(queues.get(each.thread) ?? []), each]);
  }
  const operations = new Set<ScriptedOperation>();
  const keys = new Set<unknown>();
  let endNs = 0;
  for (let id = 0; id < history.length; id++) {
    const process = columns.process[id] as number;
    if (process === NEMESIS) continue;
    const scripted = queues.get(process % concurrency)?.shift();
    const { invokeIndex, invokeTimeNs, completeTimeNs = invokeTimeNs, key } = history.operation(id);
    if (!named.has(invokeIndex)) continue;
    keys.add(key);
    if (scripted !== undefined) operations.add(scripted);
    endNs = Math.max(endNs, completeTimeNs);
  }
  return { operations, keys, endNs };
}
