import { Completed, type History, NEMESIS } from "../harness/history/index.ts";
import { type InjectedFault, injectedFaults } from "./fault-windows.ts";
import { type FinalReads, finalReads } from "./final-reads.ts";
import { type Stats, stats } from "./stats.ts";

/** Numbers of operations by kind; kinds with none are left out. */
export type CountsByKind = Readonly<Record<string, number>>;

export interface FaultEvidence extends InjectedFault {
  /** Operations of clients that ended in `ok` while it was in force for certain. */
  readonly okDuring: CountsByKind;
}

/** What a run did, so that its verdict can be believed: plain JSON, kept with the verdict. */
export interface Evidence {
  readonly stats: Stats;
  /** In the order of their injections. */
  readonly faults: readonly FaultEvidence[];
  /**
   * Operations of clients that ended in `ok` before anybody tried to inject a fault; in the whole history where nobody
   * did. An injection that failed may have struck in part.
   */
  readonly okBeforeFirstFault: CountsByKind;
  /** Keys with an acknowledged effect in the load, and how many of them had no `ok` operation in the recovery. */
  readonly finalReads: FinalReads;
}

/** Gathers the evidence from the history alone. Cost: O(n + faults · kinds of operation). */
export function gatherEvidence(history: History): Evidence {
  const faults = injectedFaults(history);
  const firstFault = faults[0]?.window.startIndex ?? history.eventCount;
  const okUpTo = okCounts(history, [
    firstFault,
    ...faults.flatMap(({ window }) => [window.inForceFromIndex, window.inForceToIndex]),
  ]);
  return {
    stats: stats(history),
    finalReads: finalReads(history),
    faults: faults.map((fault) => ({
      ...fault,
      okDuring: byKind(history, okUpTo(fault.window.inForceToIndex), okUpTo(fault.window.inForceFromIndex)),
    })),
    okBeforeFirstFault: byKind(history, okUpTo(firstFault)),
  };
}

/** For each of some events, how many operations of clients had ended in `ok` up to it, by kind: one sweep. */
function okCounts(history: History, events: readonly number[]): (event: number) => Float64Array {
  const { columns, eventCount } = history;
  const kinds = history.names.functions.length;
  const kindAt = new Int32Array(eventCount).fill(-1);
  for (let id = 0; id < history.length; id++) {
    if (columns.completion[id] !== Completed.ok || columns.process[id] === NEMESIS) continue;
    kindAt[columns.completeIndex[id] as number] = columns.f[id] as number;
  }
  const running = new Float64Array(kinds);
  const snapshots = new Map<number, Float64Array>();
  let next = 0;
  for (const event of [...new Set(events)].sort((a, b) => a - b)) {
    for (; next <= event && next < eventCount; next++) {
      const kind = kindAt[next] as number;
      if (kind >= 0) running[kind] = (running[kind] as number) + 1;
    }
    snapshots.set(event, running.slice());
  }
  return (event) => snapshots.get(event) as Float64Array;
}

function byKind({ names }: History, counts: Float64Array, before?: Float64Array): CountsByKind {
  const entries = names.functions.map((name, f): [string, number] => [
    name,
    (counts[f] as number) - (before?.[f] ?? 0),
  ]);
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}
