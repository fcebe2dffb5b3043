import type { Json, Key } from "../../harness/history/index.ts";
import type { Anomaly } from "../../harness/ports/verdict.ts";
import { doer } from "../client-operations.ts";
import { excerpt, sameJson } from "../models/index.ts";
import type { ExternalRead } from "./reads.ts";
import { type Append, type Appends, elementName, type Transaction } from "./transactions.ts";

/** The order of the appends to one list, as far as anybody saw it. */
export interface VersionOrder {
  readonly key: Key;
  /** The longest list that was seen. */
  readonly seen: readonly Append[];
}

/**
 * The order of each list: that of the longest answer, of which every other one must be a beginning. Keys with an anomaly
 * have none.
 *
 * Cost: O(sizes of all answers).
 */
export function versionOrders(
  reads: readonly ExternalRead[],
  appends: Appends,
): { readonly orders: Map<Key, VersionOrder>; readonly anomalies: readonly Anomaly[] } {
  const byKey = new Map<Key, ExternalRead[]>();
  for (const read of reads) {
    const ofKey = byKey.get(read.key);
    if (ofKey === undefined) byKey.set(read.key, [read]);
    else ofKey.push(read);
  }
  const orders = new Map<Key, VersionOrder>();
  const anomalies: Anomaly[] = [];
  for (const [key, ofKey] of byKey) {
    const longest = longestOf(ofKey);
    const contradiction = incompatible(ofKey, longest);
    // Where all others are beginnings of the longest, that has everything that can be wrong with any of them.
    const telling = contradiction.length === 0 ? [longest] : ofKey;
    const found = [...duplicates(telling), ...contradiction, ...unknownElements(telling, appends)];
    anomalies.push(...found);
    if (found.length > 0) continue;
    const seen = longest.elements.map((element) => appends.of(key, element) as Append);
    const turned = outOfTurn(longest, seen, appends.byTransaction(key));
    if (turned === undefined) orders.set(key, { key, seen });
    else anomalies.push(turned);
  }
  return { orders, anomalies };
}

/**
 * A transaction's own appends to a list stand there in its own order, and the first of them are there where any is: what
 * nobody saw comes behind everything that was seen.
 */
function outOfTurn(
  { by, key, elements }: ExternalRead,
  seen: readonly Append[],
  byTransaction: ReadonlyMap<Transaction, readonly Append[]>,
): Anomaly | undefined {
  const counts = new Map<Transaction, number>();
  for (const each of seen) {
    const before = counts.get(each.by) ?? 0;
    const expected = byTransaction.get(each.by)?.[before];
    counts.set(each.by, before + 1);
    if (expected === each || expected === undefined) continue;
    const [writer, reader] = [each.by.operation, by.operation];
    return {
      type: "incompatible-order",
      key,
      message:
        `${doer(reader)} read ${excerpt(elements)} from ${key}, with ${excerpt(each.element)} but not before it ` +
        `${excerpt(expected.element)}, which ${doer(writer)} had appended first`,
      operations: [...new Set([writer.invokeIndex, reader.invokeIndex])].sort((a, b) => a - b),
    };
  }
  return undefined;
}

function longestOf(reads: readonly ExternalRead[]): ExternalRead {
  return reads.reduce((a, b) => (b.elements.length > a.elements.length ? b : a));
}

/** The first of what is found for a key: one is enough for a story. */
function firstOf(found: Anomaly | undefined): Anomaly[] {
  return found === undefined ? [] : [found];
}

function duplicates(reads: readonly ExternalRead[]): Anomaly[] {
  for (const { by, key, elements } of reads) {
    const names = elements.map((element) => elementName(key, element));
    if (new Set(names).size === names.length) continue;
    const twice = elements.find((_, at) => names.indexOf(names[at] as string) !== at) as Json;
    return firstOf({
      type: "duplicate-elements",
      key,
      message: `${doer(by.operation)} read ${excerpt(elements)} from ${key}, which has ${excerpt(twice)} more than once`,
      operations: [by.operation.invokeIndex],
    });
  }
  return [];
}

function incompatible(reads: readonly ExternalRead[], longest: ExternalRead): Anomaly[] {
  const other = reads.find(
    ({ elements }) => !elements.every((each, at) => sameJson(each, longest.elements[at] as Json)),
  );
  if (other === undefined) return [];
  const [one, two] = [longest, other].sort(
    (a, b) => a.by.operation.invokeIndex - b.by.operation.invokeIndex,
  ) as [ExternalRead, ExternalRead];
  return firstOf({
    type: "incompatible-order",
    key: one.key,
    message:
      `${doer(one.by.operation)} read ${excerpt(one.elements)} from ${one.key} and ${doer(two.by.operation)} read ` +
      `${excerpt(two.elements)}: neither is a beginning of the other`,
    operations: [one.by.operation.invokeIndex, two.by.operation.invokeIndex],
  });
}

/** Elements that nobody appended, or a transaction that failed. */
function unknownElements(reads: readonly ExternalRead[], appends: Appends): Anomaly[] {
  const checked = new Set<string>();
  for (const { by, key, elements } of reads) {
    for (const element of elements) {
      const name = elementName(key, element);
      if (checked.has(name)) continue;
      checked.add(name);
      const source = appends.of(key, element);
      const reader = by.operation;
      if (source === undefined) {
        return firstOf({
          type: "thin-air-read",
          key,
          message: `${doer(reader)} read ${excerpt(element)} from ${key}, which nobody ever appended`,
          operations: [reader.invokeIndex],
        });
      }
      const writer = source.by.operation;
      if (writer.type !== "fail") continue;
      return firstOf({
        type: "G1a",
        key,
        message: `${doer(reader)} read ${excerpt(element)} from ${key}, which ${doer(writer)} had appended in a transaction that failed`,
        operations: [writer.invokeIndex, reader.invokeIndex].sort((a, b) => a - b),
      });
    }
  }
  return [];
}
