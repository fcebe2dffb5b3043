import type { Json, Key } from "../../harness/history/index.ts";
import type { Anomaly } from "../../harness/ports/verdict.ts";
import { doer } from "../client-operations.ts";
import { excerpt } from "../models/index.ts";
import type { ExternalRead } from "./reads.ts";
import { type Append, type Appends, elementName, type Transaction } from "./transactions.ts";
import type { VersionOrder } from "./version-orders.ts";

/**
 * Why one transaction comes before another in every serial order (Adya 1999, section 3.1; Elle, section 4):
 * `ww`: the other appended the next version; `wr`: the other read its version; `rw`: it read the version before the other's.
 */
export interface Dependency {
  readonly kind: "ww" | "wr" | "rw";
  /** Transactions by their places in {@link Dependencies.transactions}. */
  readonly from: number;
  readonly to: number;
  readonly key: Key;
  /** The element that tells: for `wr` the one that was read, else the one that the other appended. */
  readonly element: Json;
}

export interface Dependencies {
  /** Those that took effect, in order of invocation. */
  readonly transactions: readonly Transaction[];
  /** By the transaction that they lead from. */
  readonly following: readonly (readonly Dependency[])[];
}

/**
 * The dependencies of the transactions that took effect: those that were answered, and of the others those of which
 * somebody saw an append.
 *
 * Appends that nobody saw come last: no read has them, so they are behind everything that was seen, and behind every read of
 * their list. In which order among themselves nobody can tell, and nothing depends on it but that of each transaction's
 * own, which `versionOrders` has looked at. With these edges a serial
 * order exists if and only if there is no cycle. Each edge holds in every serial order; and in an order that extends
 * them, when a transaction reads a list with n elements, the writers of these are before it, by `wr` and `ww`, and
 * those of all others behind, by `rw` and `ww`; so that is what it finds. Leaving out what nobody answered or saw is
 * no loss: whatever order has it has one without.
 *
 * Cost: O(sizes of all transactions + reads of the last version of a list · appends to it that nobody saw).
 */
export function dependenciesOf(
  transactions: readonly Transaction[],
  appends: Appends,
  orders: ReadonlyMap<Key, VersionOrder>,
  reads: readonly ExternalRead[],
): Dependencies {
  const seen = new Set([...orders.values()].flatMap((order) => order.seen));
  const observed = new Set([...seen].map(({ by }) => by));
  const committed = transactions.filter(
    (each) => each.operation.type === "ok" || (each.operation.type === "info" && observed.has(each)),
  );
  const placeOf = new Map(committed.map((each, place) => [each, place]));
  const following: Dependency[][] = committed.map(() => []);
  const add = (kind: Dependency["kind"], from: Transaction, to: Append | ExternalRead, element: Json) => {
    if (from === to.by) return;
    const place = placeOf.get(from) as number;
    following[place]?.push({ kind, from: place, to: placeOf.get(to.by) as number, key: to.key, element });
  };
  const unseen = new Map<Key, Append[]>();
  for (const each of appends.all) {
    if (seen.has(each) || !placeOf.has(each.by) || !orders.has(each.key)) continue;
    const ofKey = unseen.get(each.key);
    if (ofKey === undefined) unseen.set(each.key, [each]);
    else ofKey.push(each);
  }
  for (const { key, seen: order } of orders.values()) {
    for (const [at, each] of order.entries()) {
      const before = order[at - 1];
      if (before !== undefined) add("ww", before.by, each, each.element);
    }
    const last = order.at(-1);
    if (last === undefined) continue;
    for (const each of unseen.get(key) ?? []) add("ww", last.by, each, each.element);
  }
  for (const read of reads) {
    const order = orders.get(read.key)?.seen;
    if (order === undefined) continue;
    const version = order[read.elements.length - 1];
    if (version !== undefined) add("wr", version.by, read, version.element);
    const next = order[read.elements.length];
    for (const each of next === undefined ? (unseen.get(read.key) ?? []) : [next]) {
      add("rw", read.by, each, each.element);
    }
  }
  return { transactions: committed, following };
}

/** Reads of a list in the midst of a transaction that went on to append to it; of lists that have an order. */
export function intermediateReads(
  reads: readonly ExternalRead[],
  appends: Appends,
  orders: ReadonlyMap<Key, VersionOrder>,
): Anomaly[] {
  const last = new Map<string, Append>();
  for (const each of appends.all) last.set(transactionAndKey(each), each);
  const found = new Map<string, Anomaly>();
  for (const { by, key, elements } of reads) {
    const element = elements.at(-1);
    if (element === undefined || !orders.has(key)) continue;
    const version = appends.of(key, element);
    const final = version === undefined ? undefined : last.get(transactionAndKey(version));
    if (version === undefined || final === undefined || final === version || version.by === by) continue;
    const name = elementName(key, element);
    if (found.has(name)) continue;
    const [writer, reader] = [version.by.operation, by.operation];
    found.set(name, {
      type: "G1b",
      key,
      message:
        `${doer(reader)} read ${excerpt(elements)} from ${key}: ${doer(writer)} had appended ${excerpt(element)}, and appended ` +
        `${excerpt(final.element)} in the same transaction`,
      operations: [writer.invokeIndex, reader.invokeIndex].sort((a, b) => a - b),
    });
  }
  return [...found.values()];
}

/** By the event of its invocation, which no other has. */
const transactionAndKey = ({ by, key }: Append) => `${by.operation.invokeIndex} ${JSON.stringify(key)}`;
