import type { History } from "../../harness/history/index.ts";
import type { Checker } from "../../harness/ports/checker.ts";
import type { CheckResult, Reason } from "../../harness/ports/verdict.ts";
import { doer } from "../client-operations.ts";
import { excerpt } from "../models/index.ts";
import { worstCycle } from "./cycles.ts";
import { dependenciesOf, intermediateReads } from "./dependencies.ts";
import { readsOf } from "./reads.ts";
import { tellCycle } from "./tell-cycle.ts";
import { Appends, transactionsOf } from "./transactions.ts";
import { versionOrders } from "./version-orders.ts";

/** The models whose transactions can be judged. */
export const transactionModels: readonly string[] = ["append"];

/**
 * Serializability of transactions that append to lists and read them: some order of them, one after the other, explains
 * every answer. Exact, by the order of appends that the answers show: violations are anomalies by Adya's names, G1a, G1b and what a
 * transaction sees of itself, or cycles of dependencies, G0, G1c, G-single and G2-item.
 *
 * Every element must be appended to a list but once; else the verdict is unknown.
 *
 * Cost: O(sizes of all answers + dependencies) for a valid history.
 * Errors: UsageError `history-does-not-fit-model`.
 * Source: Adya, Weak consistency, 1999; Kingsbury and Alvaro, Elle, VLDB 2020.
 */
export function serializable(): Checker {
  return { name: "serializable", check: (history) => judge("serializable", history, false) };
}

/**
 * As {@link serializable}, by an order that extends real time as well: a transaction that was over before another began comes
 * before it. Violations that need real time are named after it, as G-single-realtime: an append that was acknowledged,
 * and missing from a later read.
 */
export function strictSerializable(): Checker {
  return { name: "strict-serializable", check: (history) => judge("strict-serializable", history, true) };
}

function judge(checker: string, history: History, realTime: boolean): CheckResult {
  const transactions = transactionsOf(history);
  if (transactions.length === 0) {
    const reason = { code: "empty-history", message: "the history has no transaction of a client" };
    return { checker, validity: "unknown", anomalies: [], reasons: [reason] };
  }
  const appends = new Appends(transactions);
  const reads = transactions.filter(({ operation }) => operation.type === "ok").map(readsOf);
  const external = reads.flatMap((each) => each.external);
  const internal = reads.flatMap((each) => each.anomalies);
  if (appends.ambiguous.length > 0) {
    const reasons = [ambiguity(appends)];
    return { checker, validity: internal.length > 0 ? "invalid" : "unknown", anomalies: internal, reasons };
  }
  const { orders, anomalies: ofOrders } = versionOrders(
    reads.flatMap((each) => each.longest),
    appends,
  );
  const anomalies = [...internal, ...ofOrders, ...intermediateReads(external, appends, orders)];
  // Where answers contradict themselves the order of versions is made up, and so would cycles be.
  if (anomalies.length === 0) {
    const dependencies = dependenciesOf(transactions, appends, orders, external);
    const cycle = worstCycle(dependencies, realTime);
    if (cycle !== undefined) anomalies.push(tellCycle(dependencies, cycle));
  }
  return { checker, validity: anomalies.length > 0 ? "invalid" : "valid", anomalies, reasons: [] };
}

/** Errors of whoever wrote the workload, and no answer of the store. */
export function ambiguity({ ambiguous }: Appends): Reason {
  const [first] = ambiguous;
  const [one, other] = first ?? [];
  const where =
    one === undefined || other === undefined
      ? ""
      : `, such as ${excerpt(one.element)} to ${one.key} by ${doer(one.by.operation)} and ${doer(other.by.operation)}`;
  return {
    code: "ambiguous-values",
    message: `${ambiguous.length} elements were appended to a list more than once${where}`,
    hint: "which transaction a read saw can be told where every append to a list has an element of its own",
  };
}
