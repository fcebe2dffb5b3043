import { NS_PER_MS } from "../../harness/clock/duration.ts";
import type { Checker } from "../../harness/ports/checker.ts";
import type { Anomaly, Measure, Reason } from "../../harness/ports/verdict.ts";
import { byKey, clientOperations } from "../client-operations.ts";
import { type ConvergenceOptions, eventual } from "../convergence/convergence.ts";
import { finalValues } from "../convergence/final-values.ts";
import { createModel } from "../models/index.ts";
import { finalHealIndex } from "../stats.ts";
import { lostElements } from "./lost-elements.ts";
import { visibilityOf } from "./visibility.ts";

/** The models whose elements can be followed. */
export const setModels: readonly string[] = ["set"];

const QUANTILES: readonly (readonly [name: string, share: number])[] = [
  ["median", 0.5],
  ["95 %", 0.95],
  ["99 %", 0.99],
  ["longest", 1],
];

/**
 * Whether every element that was acknowledged, or that anybody saw, is in the last final read of every node that began after
 * that; for the rest as {@link eventual} for sets, but also where there is one node alone. Beside the verdict it tells how many elements
 * reads lacked that began when they were known (stale), and how long it took until they lacked them no more.
 *
 * Cost: O(n + elements · reads). Errors: UsageError `history-does-not-fit-model`.
 * Source: jepsen.checker/set-full, which judges Maelstrom's workloads broadcast and g-set.
 */
export function setFull(of: ConvergenceOptions): Checker {
  const model = createModel(of.model, of.options);
  const convergence = eventual(of);
  return {
    name: "set-full",
    check(history, settings) {
      const result = convergence.check(history, settings);
      const operations = clientOperations(history, model);
      const healIndex = finalHealIndex(history);
      const measures: Measure[] = [];
      const lost: Anomaly[] = [];
      const keys = byKey(operations);
      let alone = keys.size > 0;
      for (const [key, ofKey] of keys) {
        const final = finalValues(ofKey, healIndex);
        const anomaly = lostElements({ key, operations: ofKey, final });
        if (anomaly !== undefined) lost.push(anomaly);
        measures.push(...measuresOf(key, visibilityOf(ofKey)));
        alone &&= final.last.size === 1;
      }
      const anomalies = [...result.anomalies.filter(({ type }) => !END.has(type)), ...lost];
      const differs = result.anomalies.find(({ type }) => type === "divergence");
      const reasons: readonly Reason[] = [
        // One node that was read in the end has nobody to agree with, and can lose things all the same.
        ...result.reasons.filter(({ code }) => !alone || code !== ONE_NODE),
        ...(differs === undefined ? [] : [stillComing(differs)]),
      ];
      const validity = anomalies.length > 0 ? "invalid" : reasons.length > 0 ? "unknown" : "valid";
      return {
        checker: "set-full",
        validity,
        anomalies,
        reasons: validity === "invalid" ? [] : reasons,
        measures: [...measures, ...(result.measures ?? [])],
      };
    },
  };
}

/** What convergence says of the end, of which more is known here. */
const END: ReadonlySet<string> = new Set(["divergence", "lost-update"]);

/** Nodes differ, and no read lacks what was known when it began: an add that nobody answered was still on its way. */
function stillComing({ message }: Anomaly): Reason {
  return { code: "final-reads-differ", message, hint: "give the recovery more time (--recovery)" };
}

const ONE_NODE: Reason["code"] = "no-final-reads-at-two-nodes";

function measuresOf(
  key: Measure["key"],
  { stale, neverSeen, timesToVisibleNs }: ReturnType<typeof visibilityOf>,
): Measure[] {
  const of = key === undefined ? {} : { key };
  return [
    { name: "stale elements", unit: "elements", ...of, value: stale },
    { name: "elements never seen", unit: "elements", ...of, value: neverSeen },
    ...(timesToVisibleNs.length === 0 ? [] : QUANTILES).map(
      ([name, share]): Measure => ({
        name: `time to visible, ${name}`,
        unit: "ms",
        ...of,
        value: quantile(timesToVisibleNs, share) / NS_PER_MS,
      }),
    ),
  ];
}

/** The least number of an ascending row that is no smaller than `share` of them. */
function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] as number;
}
