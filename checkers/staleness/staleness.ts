import { NS_PER_MS } from "../../harness/clock/duration.ts";
import type { History } from "../../harness/history/index.ts";
import { type Checker, checkContext } from "../../harness/ports/checker.ts";
import type { Anomaly, CheckResult, Measure, Reason } from "../../harness/ports/verdict.ts";
import { createModel, type ModelOptions } from "../models/index.ts";
import { type Cluster, clustersOf } from "./clusters.ts";
import { conflictWith, smallestDelta, tooOld } from "./delta-atomic.ts";
import { smallestVersions, tooManyVersions } from "./k-atomic.ts";
import { type RegisterHistory, registersOf } from "./register-history.ts";
import { irregularReads } from "./regular.ts";

/** The models of which staleness can be judged. */
export const staleModels: readonly string[] = ["register", "cas-register"];

/** How stale a read may be: with 1 version, or 0 ms, not at all. */
export interface MaxStaleness {
  /** A read returns one of so many last values. */
  readonly versions?: number;
  /** A read returns what was there at most so long before it began. */
  readonly timeMs?: number;
}

export interface StalenessOptions {
  readonly model: string;
  readonly options?: ModelOptions;
  /** What to check against, for k- and delta-atomicity. */
  readonly maxStaleness?: MaxStaleness;
}

/**
 * A regular register for several writers: {@link irregularReads}. Cost: O(n log n).
 * Errors of all checkers here: UsageError `history-does-not-fit-model`.
 */
export function regular(of: StalenessOptions): Checker {
  return checker("regular", of, (registers) => ({
    anomalies: registers.flatMap((register) => irregularReads(register, false)),
  }));
}

/** A safe register: as {@link regular}, but a read beside a write may answer anything (Lamport 1986). Cost: O(n log n). */
export function safe(of: StalenessOptions): Checker {
  return checker("safe", of, (registers) => ({
    anomalies: registers.flatMap((register) => irregularReads(register, true)),
  }));
}

/**
 * k-atomicity of every register, for the k of `maxStaleness.versions`: {@link smallestVersions}. Needs distinct values.
 * Without a bound the smallest k is measured, and the verdict is unknown.
 */
export function kAtomic(of: StalenessOptions): Checker {
  const bound = of.maxStaleness?.versions;
  return checker("k-atomic", of, (registers, isTimeUp) => {
    const found: Finding = { anomalies: [], reasons: [] };
    let largest = 1;
    for (const register of registers) {
      const clusters = clustersIn(register, found);
      if (clusters === undefined) continue;
      const { least, atMost } = smallestVersions(clusters, isTimeUp);
      largest = Math.max(largest, least);
      if (bound === undefined || atMost <= bound) continue;
      if (least > bound) found.anomalies.push(tooManyVersions(register, clusters, bound, isTimeUp));
      else found.reasons.push(undecided(register, least, atMost, bound));
    }
    if (bound === undefined)
      found.reasons.push(noBound(`every read returns one of the last ${largest} values`, "3"));
    return { ...found, measures: [{ name: "staleness", unit: "versions", value: largest }] };
  });
}

/**
 * Delta-atomicity of every register, for the delta of `maxStaleness.timeMs`: {@link smallestDelta}. Needs distinct values,
 * and times that were measured by one clock. Without a bound the smallest delta is measured, and the verdict is unknown.
 */
export function deltaAtomic(of: StalenessOptions): Checker {
  const bound = of.maxStaleness?.timeMs;
  return checker("delta-atomic", of, (registers) => {
    const found: Finding = { anomalies: [], reasons: [] };
    let largestNs = 0;
    for (const register of registers) {
      const clusters = clustersIn(register, found);
      if (clusters === undefined) continue;
      largestNs = smallestDelta(clusters, largestNs);
      const boundNs = Math.floor((bound ?? 0) * NS_PER_MS);
      if (bound === undefined || largestNs <= boundNs || conflictWith(clusters, boundNs) === undefined)
        continue;
      found.anomalies.push(tooOld(register, clusters, boundNs));
    }
    const value = largestNs / NS_PER_MS;
    if (bound === undefined) found.reasons.push(noBound(`no read is staler than ${value} ms`, "500ms"));
    return { ...found, measures: [{ name: "staleness", unit: "ms", value }] };
  });
}

interface Finding {
  readonly anomalies: Anomaly[];
  readonly reasons: Reason[];
}

/** The values of a register, each with its operations; undefined where they cannot be told apart, as is noted then. */
function clustersIn(register: RegisterHistory, found: Finding): readonly Cluster[] | undefined {
  const { clusters, anomalies, reasons } = clustersOf(register);
  found.anomalies.push(...anomalies);
  found.reasons.push(...reasons);
  return anomalies.length + reasons.length === 0 ? clusters : undefined;
}

function noBound(measured: string, example: string): Reason {
  return {
    code: "no-staleness-bound",
    message: `${measured}, but nobody said how stale a read may be`,
    hint: `name a bound to check against: --max-staleness ${example}`,
  };
}

function undecided({ key }: RegisterHistory, least: number, atMost: number, bound: number): Reason {
  const most = Number.isFinite(atMost) ? ` and at most ${atMost}` : "";
  return {
    code: "budget-configurations",
    message:
      `${key === undefined ? "the register" : key} needs k of at least ${least}${most}; whether ${bound} suffices the ` +
      "search did not find out",
    hint: "fewer operations on each key (--ops-per-key), or fewer clients, make it easy",
  };
}

function checker(
  name: string,
  { model, options = {} }: StalenessOptions,
  judge: (
    registers: readonly RegisterHistory[],
    isTimeUp: () => boolean,
  ) => { anomalies: readonly Anomaly[]; reasons?: readonly Reason[]; measures?: readonly Measure[] },
): Checker {
  const created = createModel(model, options);
  return {
    name,
    check(history: History, settings): CheckResult {
      const { budget, nowMs } = checkContext(settings);
      const endMs = nowMs() + budget.timeMs;
      const { registers, reasons } = registersOf(history, created);
      if (registers.length === 0) {
        return { checker: name, validity: "unknown", anomalies: [], reasons: [NOTHING] };
      }
      // Where there are other operations than reads and writes, no definition says what a read may return.
      if (reasons.length > 0) return { checker: name, validity: "unknown", anomalies: [], reasons };
      const found = judge(registers, () => nowMs() > endMs);
      const { anomalies, measures } = found;
      const open = found.reasons ?? [];
      const validity = anomalies.length > 0 ? "invalid" : open.length > 0 ? "unknown" : "valid";
      return {
        checker: name,
        validity,
        anomalies,
        reasons: open,
        ...(measures === undefined ? {} : { measures }),
      };
    },
  };
}

const NOTHING: Reason = {
  code: "empty-history",
  message: "the history has no operation of a client",
};
