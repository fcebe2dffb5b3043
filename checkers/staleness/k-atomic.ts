import type { Anomaly } from "../../harness/ports/verdict.ts";
import { type ClientOperation, doer } from "../client-operations.ts";
import { excerpt } from "../models/index.ts";
import type { Cluster } from "./clusters.ts";
import type { RegisterHistory } from "./register-history.ts";
import {
  canOrder,
  leastVersions,
  type Spend,
  type Version,
  versionsBetween,
  versionsOf,
} from "./version-order.ts";

/** The smallest k of a register, as far as it is known. */
export interface Versions {
  /** Every order needs as much. */
  readonly least: number;
  /** There is an order for so much; infinite where none was found. */
  readonly atMost: number;
}

/** The searches for the smallest k may take so many steps in all, beyond those that a search without going back takes. */
const EXTRA_STEPS = 200_000;

/**
 * The smallest k with which a register is k-atomic: some order of all operations extends real time, and every read returns
 * one of the last k values written. Cost: that of {@link canOrder} for each k that is tried; exact unless steps run out.
 * Source: Golab, Li and Shah, Analyzing consistency properties for fun and profit, PODC 2011, section 3.
 */
export function smallestVersions(clusters: readonly Cluster[], isTimeUp: () => boolean): Versions {
  const versions = versionsOf(clusters);
  const spend = stepsOf(EXTRA_STEPS, isTimeUp);
  const { k } = leastVersions(versions);
  let least = k;
  for (let tried = least; tried <= versions.length; tried++) {
    const found = canOrder(versions, tried, spend(versions.length));
    if (found === true) return { least, atMost: tried };
    if (found === false && least === tried) least = tried + 1;
    if (found === undefined && isTimeUp()) break;
  }
  return { least, atMost: Number.POSITIVE_INFINITY };
}

/** Why a register is not k-atomic, with few operations; only where it is not. */
export function tooManyVersions(
  { key }: RegisterHistory,
  clusters: readonly Cluster[],
  k: number,
  isTimeUp: () => boolean,
): Anomaly {
  const versions = versionsOf(clusters);
  const worst = leastVersions(versions);
  const version = worst.of;
  if (version !== undefined && worst.k > k) {
    const read = version.cluster.reads.at(-1) as ClientOperation;
    const between = versionsBetween(versions, version).slice(0, k);
    const told = between.map(
      ({ cluster: { write } }) => `${excerpt(write?.input ?? null)} by ${doer(write as ClientOperation)}`,
    );
    return {
      type: "stale-read",
      ...(key === undefined ? {} : { key }),
      message: `${doer(read)} read ${excerpt(read.output ?? null)}, which is ${worst.k - 1} versions old for certain: after it and before the read came ${told.join(", ")}`,
      operations: operationsOf([version, ...between], [read]),
    };
  }
  const part = shrunk(versions, k, isTimeUp);
  return {
    type: "stale-read",
    ...(key === undefined ? {} : { key }),
    message:
      `in every order of the writes of ${part.map(({ cluster }) => excerpt(cluster.write?.input ?? null)).join(", ")} some read of one of them ` +
      `returns a value ${k} or more versions old`,
    operations: operationsOf(
      part,
      part.flatMap(({ cluster }) => firstAndLast(cluster)),
    ),
  };
}

/** The operations that decide what a version needs: who ended first with it, and its last read. */
function firstAndLast({ write, reads }: Cluster): ClientOperation[] {
  const first = reads.reduce<ClientOperation | undefined>(
    (a, b) => (a === undefined || b.completeIndex < a.completeIndex ? b : a),
    write,
  );
  return [first, reads.at(-1)].filter((each) => each !== undefined);
}

function operationsOf(versions: readonly Version[], reads: readonly ClientOperation[]): number[] {
  const ends = versions.flatMap(({ cluster }) => firstAndLast(cluster).slice(0, 1));
  const writes = versions.flatMap(({ cluster: { write } }) => (write === undefined ? [] : [write]));
  const indexes = [...writes, ...ends, ...reads].map(({ invokeIndex }) => invokeIndex);
  return [...new Set(indexes)].sort((a, b) => a - b);
}

/** Leaves out versions as long as the rest is still not k-atomic: every other half, quarter, … and at last each one. */
function shrunk(versions: readonly Version[], k: number, isTimeUp: () => boolean): readonly Version[] {
  const spend = stepsOf(EXTRA_STEPS, isTimeUp);
  let left = versions;
  for (let size = left.length >> 1; size >= 1; size = size === 1 ? 0 : size >> 1) {
    for (let at = 0; at < left.length; ) {
      const without = left.toSpliced(at, size);
      if (canOrder(without, k, spend(without.length)) === false) left = without;
      else at += size;
    }
  }
  return left;
}

/** Steps for several searches: each has those that it takes at least, and all share some more. */
function stepsOf(shared: number, isTimeUp: () => boolean): (versions: number) => Spend {
  let extra = shared;
  return (versions) => {
    let own = 2 * versions;
    return () => {
      if (own > 0) own--;
      else if (extra > 0) extra--;
      else return false;
      return (own + extra) % 1024 !== 0 || !isTimeUp();
    };
  };
}
