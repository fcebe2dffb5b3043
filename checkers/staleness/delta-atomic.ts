import { NS_PER_MS } from "../../harness/clock/duration.ts";
import type { Anomaly } from "../../harness/ports/verdict.ts";
import { type ClientOperation, doer } from "../client-operations.ts";
import { excerpt } from "../models/index.ts";
import type { Cluster } from "./clusters.ts";
import type { RegisterHistory } from "./register-history.ts";

/**
 * The smallest delta with which a register is delta-atomic, in whole nanoseconds, and at least `from`: with every read
 * begun so much earlier it is linearizable. A delta of 0 is linearizability itself, by the order of the events; beyond that the times
 * of the events decide, and a read that was begun exactly at the end of another operation is beside it.
 *
 * Cost: O(n log n log T) for a largest delta of T ns.
 * Source: Golab, Li and Shah, Analyzing consistency properties for fun and profit, PODC 2011, section 4.
 */
export function smallestDelta(clusters: readonly Cluster[], fromNs = 0): number {
  if (conflictWith(clusters, fromNs) === undefined) return fromNs;
  let low = fromNs;
  let high = Math.max(fromNs, 1);
  while (conflictWith(clusters, high) !== undefined) [low, high] = [high, 2 * high];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (conflictWith(clusters, middle) === undefined) high = middle;
    else low = middle;
  }
  return high;
}

/** An instant in the order of a history whose reads begin earlier. */
interface Instant {
  readonly timeNs: number;
  /** Where instants have one time: -1 for a read that was begun earlier, which is before all else; else the event. */
  readonly event: number;
}

/**
 * When the operations on one value were. Where the last of them begins after the first has ended, the value must have
 * been there in between (a forward zone); else all of them may take effect at one instant in between (a backward one).
 */
interface Zone {
  readonly cluster: Cluster;
  readonly firstEnd: Instant;
  readonly lastStart: Instant;
  /** The operation that ended first, and the one that began last. */
  readonly ended: ClientOperation | undefined;
  readonly began: ClientOperation | undefined;
}

type Conflict = readonly [Zone, Zone];

/**
 * Two values that cannot both have had their time: two forward zones that overlap, or a backward one within a forward one.
 * There are such if and only if there is no linearization. Source: Gibbons and Korach, Testing shared memories, SIAM J. Comput.
 * 1997, theorem 3.1; the zones of Golab, Li and Shah.
 */
export function conflictWith(clusters: readonly Cluster[], deltaNs: number): Conflict | undefined {
  const forward: Zone[] = [];
  const backward: Zone[] = [];
  for (const cluster of clusters) {
    if (cluster.write === undefined && cluster.reads.length === 0) continue;
    const zone = zoneOf(cluster, deltaNs);
    (compare(zone.firstEnd, zone.lastStart) < 0 ? forward : backward).push(zone);
  }
  forward.sort((a, b) => compare(a.firstEnd, b.firstEnd));
  for (let at = 1; at < forward.length; at++) {
    const [one, other] = [forward[at - 1] as Zone, forward[at] as Zone];
    if (compare(one.lastStart, other.firstEnd) > 0) return [one, other];
  }
  // Forward zones are apart now, so that only the last one to begin before it can have a backward one within.
  for (const zone of backward) {
    let low = 0;
    let high = forward.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare((forward[middle] as Zone).firstEnd, zone.lastStart) < 0) low = middle + 1;
      else high = middle;
    }
    const around = forward[low - 1];
    if (around !== undefined && compare(zone.firstEnd, around.lastStart) < 0) return [around, zone];
  }
  return undefined;
}

const BEGINNING: Instant = { timeNs: Number.NEGATIVE_INFINITY, event: -1 };

function zoneOf(cluster: Cluster, deltaNs: number): Zone {
  const { write, reads } = cluster;
  const instants = deltaNs === 0 ? BY_EVENT : BY_TIME;
  let ended = write;
  let firstEnd = write === undefined ? BEGINNING : instants.end(write);
  let began = write;
  let lastStart = write === undefined ? BEGINNING : instants.start(write);
  for (const read of reads) {
    const end = instants.end(read);
    if (compare(end, firstEnd) < 0) [ended, firstEnd] = [read, end];
    const start = deltaNs === 0 ? instants.start(read) : { timeNs: read.invokeTimeNs - deltaNs, event: -1 };
    if (compare(start, lastStart) > 0) [began, lastStart] = [read, start];
  }
  return { cluster, firstEnd, lastStart, ended, began };
}

interface Instants {
  start(operation: ClientOperation): Instant;
  end(operation: ClientOperation): Instant;
}

/** Without any delta the order of the events is the real-time order, whatever their times say. */
const BY_EVENT: Instants = {
  start: ({ invokeIndex }) => ({ timeNs: 0, event: invokeIndex }),
  end: ({ completeIndex }) => ({ timeNs: 0, event: completeIndex }),
};

const BY_TIME: Instants = {
  start: ({ invokeTimeNs, invokeIndex }) => ({ timeNs: invokeTimeNs, event: invokeIndex }),
  end: ({ completeTimeNs, completeIndex }) => ({ timeNs: completeTimeNs, event: completeIndex }),
};

function compare(a: Instant, b: Instant): number {
  if (a.timeNs !== b.timeNs) return a.timeNs < b.timeNs ? -1 : 1;
  return a.event === b.event ? 0 : a.event < b.event ? -1 : 1;
}

/** Why a register is not delta-atomic for this delta; only where it is not. */
export function tooOld({ key }: RegisterHistory, clusters: readonly Cluster[], deltaNs: number): Anomaly {
  const [one, other] = conflictWith(clusters, deltaNs) as Conflict;
  const told = [one, other].map(({ cluster, ended, began }) => {
    const value = excerpt(cluster.write?.input ?? cluster.reads[0]?.output ?? null);
    const first =
      ended === undefined
        ? "it was there at first"
        : `${wordsOf(ended)} ended at ${millis(ended.completeTimeNs)}`;
    return `${value} (${first}${began === undefined || began === ended ? "" : `, ${wordsOf(began)} began at ${millis(began.invokeTimeNs)}`})`;
  });
  const operations = [one, other].flatMap(({ cluster, ended, began }) => [cluster.write, ended, began]);
  return {
    type: "stale-read",
    ...(key === undefined ? {} : { key }),
    message: `even if every read may be ${millis(deltaNs)} old, the values ${told.join(" and ")} must have been there at the same time`,
    operations: [
      ...new Set(operations.flatMap((each) => (each === undefined ? [] : [each.invokeIndex]))),
    ].sort((a, b) => a - b),
  };
}

const wordsOf = (operation: ClientOperation) => `the ${operation.f} by ${doer(operation)}`;

const millis = (timeNs: number) => `${Number((timeNs / NS_PER_MS).toFixed(3))} ms`;
