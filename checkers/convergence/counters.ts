import type { Json, Key } from "../../harness/history/index.ts";
import type { Anomaly, Reason } from "../../harness/ports/verdict.ts";
import { type ClientOperation, doer } from "../client-operations.ts";

/** So many different sums are told apart; beyond them nothing is said. */
const SUM_LIMIT = 1 << 20;

const isAdd = ({ f }: ClientOperation) => f === "add" || f === "add-and-get";
const amountOf = ({ input }: ClientOperation) => input as number;

/** What the counter stood at, by an answer that tells. */
function seenBy({ f, type, output = null }: ClientOperation): number | undefined {
  if (type !== "ok" || f === "add") return undefined;
  return (f === "read" ? output : (output as readonly Json[])[1]) as number;
}

/** Every value that was seen lies between what all increases and all decreases that had begun by then can come to. */
export function impossibleSums(
  key: Key | undefined,
  operations: readonly ClientOperation[],
  init: number,
): Anomaly[] {
  const reads = operations.filter((each) => seenBy(each) !== undefined);
  const adds = operations.filter((each) => isAdd(each) && each.type !== "fail");
  let [low, high, next] = [init, init, 0];
  for (const read of reads.sort((a, b) => a.completeIndex - b.completeIndex)) {
    for (; next < adds.length && (adds[next] as ClientOperation).invokeIndex < read.completeIndex; next++) {
      const amount = amountOf(adds[next] as ClientOperation);
      if (amount < 0) low += amount;
      else high += amount;
    }
    const seen = seenBy(read) as number;
    if (seen >= low && seen <= high) continue;
    return [
      {
        type: "thin-air-read",
        ...(key === undefined ? {} : { key }),
        message: `${doer(read)} saw ${seen}, and no choice of the adds that had begun by then comes to more than ${high} or less than ${low}`,
        operations: [read.invokeIndex],
      },
    ];
  }
  return [];
}

/**
 * What all nodes agree on must be the initial value, every acknowledged add, and any of those that nobody answered.
 * Cost: O(unanswered adds · different sums of them).
 */
export function wrongSum(
  key: Key | undefined,
  operations: readonly ClientOperation[],
  read: ClientOperation,
  init: number,
): { readonly anomalies: readonly Anomaly[]; readonly reasons: readonly Reason[] } {
  const adds = operations.filter((each) => isAdd(each) && each.type !== "fail");
  const acknowledged = adds.filter(({ type }) => type === "ok");
  const open = adds.filter(({ type }) => type !== "ok");
  const certain = acknowledged.reduce((sum, each) => sum + amountOf(each), init);
  const seen = seenBy(read) as number;
  const within = subsetSum(open.map(amountOf), seen - certain);
  if (within === true) return { anomalies: [], reasons: [] };
  if (within === undefined) {
    const message = `${open.length} adds${key === undefined ? "" : ` to ${key}`} were not answered, and their sums are more than ${SUM_LIMIT}`;
    return { anomalies: [], reasons: [{ code: "budget-memory", message }] };
  }
  const growing = adds.every((each) => amountOf(each) >= 0);
  const most = open.reduce((sum, each) => sum + amountOf(each), certain);
  const type =
    growing && seen < certain ? "lost-update" : growing && seen > most ? "duplicated-update" : "wrong-sum";
  const unanswered = open.length === 0 ? "" : `, and ${open.length} more were not answered`;
  return {
    anomalies: [
      {
        type,
        ...(key === undefined ? {} : { key }),
        message:
          `every node ends with ${seen} (${doer(read)}), but ${acknowledged.length} acknowledged adds come to ${certain}` +
          `${unanswered}${growing && open.length > 0 ? `, so that it must be ${certain} … ${most}` : ""}`,
        operations: witnessOf(adds, read),
      },
    ],
    reasons: [],
  };
}

/** A sum is wrong by all of its parts: the witness has them all where they are few, else the read alone. */
function witnessOf(adds: readonly ClientOperation[], read: ClientOperation): number[] {
  return [...(adds.length <= 8 ? adds : []), read].map(({ invokeIndex }) => invokeIndex);
}

/** Whether some of the numbers come to `wanted`; undefined where there are too many sums to tell. */
function subsetSum(numbers: readonly number[], wanted: number): boolean | undefined {
  let sums = new Set([0]);
  for (const number of numbers) {
    if (number === 0) continue;
    const more = new Set(sums);
    for (const sum of sums) more.add(sum + number);
    if (more.size > SUM_LIMIT) return undefined;
    sums = more;
  }
  return sums.has(wanted);
}
