import { Completed, type History, NEMESIS } from "../harness/history/index.ts";
import { type InjectedFault, injectedFaults } from "./fault-windows.ts";
import { type Stats, stats } from "./stats.ts";

/** Numbers of operations by kind; kinds with none are left out. */
export type CountsByKind = Readonly<Record<string, number>>;

export interface FaultEvidence extends InjectedFault {
  /** Operations of clients that ended in `ok` inside the window. */
  readonly okDuring: CountsByKind;
}

/** What a run did, so that its verdict can be believed: plain JSON, kept with the verdict. */
export interface Evidence {
  readonly stats: Stats;
  /** In the order of their injections. */
  readonly faults: readonly FaultEvidence[];
  /**
   * Operations of clients that ended in `ok` before the first fault was injected; in the whole history where none
   * was. An injection that failed is no fault.
   */
  readonly okBeforeFirstFault: CountsByKind;
}

/** Gathers the evidence from the history alone. Cost: O(n + faults · kinds of operation). */
export function gatherEvidence(history: History): Evidence {
  const faults = injectedFaults(history);
  const firstFault = faults.find((fault) => !fault.failed)?.window.startIndex ?? history.eventCount;
  const okUpTo = okCounts(history, [
    firstFault,
    ...faults.flatMap(({ window }) => [window.startIndex, window.endIndex]),
  ]);
  return {
    stats: stats(history),
    faults: faults.map((fault) => ({
      ...fault,
      okDuring: byKind(history, okUpTo(fault.window.endIndex), okUpTo(fault.window.startIndex)),
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
