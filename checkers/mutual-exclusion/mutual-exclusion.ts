import type { Key } from "../../harness/history/index.ts";
import type { Checker } from "../../harness/ports/checker.ts";
import type { Anomaly } from "../../harness/ports/verdict.ts";
import { byKey, type ClientOperation, clientOperations, doer } from "../client-operations.ts";
import { createModel, type ModelOptions, tokenOf } from "../models/index.ts";

/** The models whose operations show whether holders of a lock exclude each other. */
export const lockModels: readonly string[] = ["leased-lock", "fenced-lock"];

/**
 * Mutual exclusion with leases and fencing tokens, as what the lock guards sees it:
 *
 * - Tokens grow: an acquisition that began after another was answered has a larger token, and no two have the same.
 * - Once a write with a token was acknowledged, none that begins later and has a smaller one is.
 * - A write has a token that somebody was given, or may have been without being told.
 *
 * The times between acquisition and release need not exclude each other: a lease ends while its holder is paused and
 * believes to hold the lock, and no lock can help that (Gray and Cheriton 1989). Where leases do not end, the model
 * `fenced-lock` judges the lock itself, as linearizable.
 *
 * Cost: O(n log n). Errors: UsageError `history-does-not-fit-model`.
 * Source: Kleppmann, How to do distributed locking, 2016; Burrows, The Chubby lock service, OSDI 2006, section 2.4: sequencers.
 */
export function mutualExclusion({
  model,
  options = {},
}: {
  readonly model: string;
  readonly options?: ModelOptions;
}): Checker {
  const created = createModel(model, options);
  return {
    name: "mutual-exclusion",
    check(history) {
      const locks = byKey(clientOperations(history, created));
      const anomalies = [...locks].flatMap(([key, operations]) => judgeLock(key, operations));
      const validity = anomalies.length > 0 ? "invalid" : locks.size > 0 ? "valid" : "unknown";
      return {
        checker: "mutual-exclusion",
        validity,
        anomalies,
        reasons:
          locks.size > 0
            ? []
            : [{ code: "empty-history", message: "the history has no operation of a client" }],
      };
    },
  };
}

function judgeLock(key: Key | undefined, operations: readonly ClientOperation[]): Anomaly[] {
  const answered = operations.filter(({ type }) => type === "ok");
  const acquired = answered.filter(({ f }) => f === "acquire");
  const writes = answered.filter(({ f }) => f === "write");
  const named = key === undefined ? {} : { key };
  const unknown = operations.find(({ f, type }) => f === "acquire" && type === "info");
  return [
    ...firstOf(sameToken(acquired), ([one, other]) => ({
      type: "duplicate-token",
      ...named,
      message: `${doer(one)} and ${doer(other)} were both given the token ${givenTo(one)}`,
      operations: [one.invokeIndex, other.invokeIndex],
    })),
    ...firstOf(outOfOrder(acquired, givenTo), ([before, after]) => ({
      type: "token-order",
      ...named,
      message: `${doer(after)} was given the token ${givenTo(after)}, after ${doer(before)} had been given ${givenTo(before)}`,
      operations: [before.invokeIndex, after.invokeIndex],
    })),
    ...firstOf(outOfOrder(writes, tokenOf), ([before, after]) => ({
      type: "stale-token-accepted",
      ...named,
      message:
        `a write with the token ${tokenOf(after)} by ${doer(after)} was taken, though one with the larger ` +
        `${tokenOf(before)} by ${doer(before)} had been acknowledged before it began`,
      operations: [before.invokeIndex, after.invokeIndex],
    })),
    ...firstOf(tokensOfNobody(acquired, writes, unknown), ([write]) => ({
      type: "unknown-token-accepted",
      ...named,
      message: `a write with the token ${tokenOf(write)} by ${doer(write)} was taken, which nobody had been given`,
      operations: [write.invokeIndex],
    })),
  ];
}

const givenTo = ({ output }: ClientOperation): number => output as number;

function* firstOf<T>(found: Iterable<T>, tell: (found: T) => Anomaly): Iterable<Anomaly> {
  for (const each of found) {
    yield tell(each);
    return;
  }
}

type Pair = readonly [ClientOperation, ClientOperation];

function* sameToken(acquired: readonly ClientOperation[]): Iterable<Pair> {
  const holders = new Map<number, ClientOperation>();
  for (const each of acquired) {
    const before = holders.get(givenTo(each));
    if (before !== undefined) yield [before, each];
    holders.set(givenTo(each), each);
  }
}

/** Operations of which one was over before the other began, and yet has the larger number. */
function* outOfOrder(
  operations: readonly ClientOperation[],
  numberOf: (operation: ClientOperation) => number,
): Iterable<Pair> {
  const byEnd = operations.toSorted((a, b) => a.completeIndex - b.completeIndex);
  let over = 0;
  let largest: ClientOperation | undefined;
  for (const operation of operations) {
    for (; (byEnd[over]?.completeIndex ?? Number.POSITIVE_INFINITY) < operation.invokeIndex; over++) {
      const each = byEnd[over] as ClientOperation;
      if (largest === undefined || numberOf(each) > numberOf(largest)) largest = each;
    }
    if (largest !== undefined && numberOf(largest) > numberOf(operation)) yield [largest, operation];
  }
}

/** Writes whose token nobody had been given by their end, as far as anybody knows. */
function* tokensOfNobody(
  acquired: readonly ClientOperation[],
  writes: readonly ClientOperation[],
  unknown: ClientOperation | undefined,
): Iterable<readonly [ClientOperation]> {
  const given = new Map(acquired.map((each) => [givenTo(each), each]));
  for (const write of writes) {
    const begun = given.get(tokenOf(write))?.invokeIndex ?? Number.POSITIVE_INFINITY;
    if (begun < write.completeIndex) continue;
    if (unknown !== undefined && unknown.invokeIndex < write.completeIndex) continue;
    yield [write];
  }
}
