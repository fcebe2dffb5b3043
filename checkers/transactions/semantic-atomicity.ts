import type { Json, Key } from "../../harness/history/index.ts";
import type { Checker } from "../../harness/ports/checker.ts";
import type { Anomaly, Reason } from "../../harness/ports/verdict.ts";
import { doer } from "../client-operations.ts";
import { excerpt } from "../models/index.ts";
import { finalHealIndex } from "../stats.ts";
import { ambiguity } from "./serializable.ts";
import { Appends, elementName, type Transaction, transactionsOf } from "./transactions.ts";

/**
 * Semantic atomicity of sagas: in the end the steps of each have all happened, or all are compensated. By the last read of
 * each list after the final heal, all appends of a transaction are there or none is; of one that was acknowledged all,
 * and of one that failed none. Before the end anything may show that was appended, also by sagas that fail.
 *
 * Every element must be appended to a list but once, and every list be read in the end; else the verdict is unknown.
 *
 * Cost: O(sizes of all answers). Errors: UsageError `history-does-not-fit-model`.
 * Source: Garcia-Molina and Salem, Sagas, SIGMOD 1987, section 2.
 */
export function semanticAtomicity(): Checker {
  const checker = "semantic-atomicity";
  return {
    name: checker,
    check(history) {
      const transactions = transactionsOf(history);
      const appends = new Appends(transactions);
      const healIndex = finalHealIndex(history);
      const anomalies = [...unknownElements(transactions, appends)];
      const reasons = missing(transactions, appends, healIndex);
      if (reasons.length === 0)
        anomalies.push(...judgeEnd(transactions, finalLists(transactions, healIndex)));
      const validity = anomalies.length > 0 ? "invalid" : reasons.length > 0 ? "unknown" : "valid";
      return { checker, validity, anomalies, reasons };
    },
  };
}

/** The last read of a list. */
interface FinalList {
  readonly by: Transaction;
  readonly elements: readonly Json[];
}

function finalLists(transactions: readonly Transaction[], healIndex: number): Map<Key, FinalList> {
  const lists = new Map<Key, FinalList>();
  for (const by of transactions) {
    const { type, invokeIndex, completeIndex } = by.operation;
    if (type !== "ok" || invokeIndex < healIndex) continue;
    for (const [f, key, value] of by.parts) {
      const before = lists.get(key);
      if (f !== "r" || (before !== undefined && before.by.operation.completeIndex > completeIndex)) continue;
      lists.set(key, { by, elements: (value ?? []) as readonly Json[] });
    }
  }
  return lists;
}

function missing(transactions: readonly Transaction[], appends: Appends, healIndex: number): Reason[] {
  if (transactions.length === 0) {
    return [{ code: "empty-history", message: "the history has no transaction of a client" }];
  }
  if (appends.ambiguous.length > 0) return [ambiguity(appends)];
  if (healIndex === Number.POSITIVE_INFINITY) {
    const message = "the history has no final heal, after which every saga could be expected to have ended";
    return [{ code: "no-final-heal", message }];
  }
  const lists = finalLists(transactions, healIndex);
  const unread = new Set(appends.all.map(({ key }) => key).filter((key) => !lists.has(key)));
  if (unread.size === 0) return [];
  const [first] = unread;
  const message = `${unread.size} lists were not read after the final heal, such as ${first}`;
  return [{ code: "final-reads-incomplete", message, hint: "give the recovery more time (--recovery)" }];
}

function* unknownElements(transactions: readonly Transaction[], appends: Appends): Iterable<Anomaly> {
  const found = new Set<string>();
  for (const { operation, parts } of transactions) {
    if (operation.type !== "ok") continue;
    for (const [f, key, value] of parts) {
      for (const element of f === "r" ? ((value ?? []) as readonly Json[]) : []) {
        const name = elementName(key, element);
        const begun = appends.of(key, element)?.by.operation.invokeIndex ?? Number.POSITIVE_INFINITY;
        if (begun < operation.completeIndex || found.has(name)) continue;
        found.add(name);
        yield {
          type: "thin-air-read",
          key,
          message: `${doer(operation)} read ${excerpt(element)} from ${key}, which nobody had begun to append`,
          operations: [operation.invokeIndex],
        };
      }
    }
  }
}

function* judgeEnd(
  transactions: readonly Transaction[],
  lists: ReadonlyMap<Key, FinalList>,
): Iterable<Anomaly> {
  const there = new Set<string>();
  for (const [key, { by, elements }] of lists) {
    for (const element of elements) {
      const name = elementName(key, element);
      if (there.has(name)) {
        yield {
          type: "duplicate-elements",
          key,
          message: `${doer(by.operation)} read ${excerpt(element)} from ${key} more than once in the end`,
          operations: [by.operation.invokeIndex],
        };
      }
      there.add(name);
    }
  }
  for (const each of transactions) {
    const anomaly = judgeSaga(each, lists, there);
    if (anomaly !== undefined) yield anomaly;
  }
}

function judgeSaga(
  { operation, parts }: Transaction,
  lists: ReadonlyMap<Key, FinalList>,
  there: ReadonlySet<string>,
): Anomaly | undefined {
  const steps = parts.filter(([f]) => f === "append");
  const [present, absent] = [true, false].map((wanted) =>
    steps.filter(([, key, element]) => there.has(elementName(key, element)) === wanted),
  ) as [typeof steps, typeof steps];
  const told = (which: typeof steps) =>
    which.map(([, key, element]) => `${excerpt(element)} in ${key}`).join(", ");
  const story = storyOf(operation.type, told(present), told(absent));
  if (story === undefined) return undefined;
  const [type, message] = story;
  const shown = [...present.slice(0, 1), ...absent.slice(0, 1)];
  const reads = shown.flatMap(([, key]) => lists.get(key)?.by.operation.invokeIndex ?? []);
  return {
    type,
    message: `${doer(operation)} ${message}`,
    operations: [...new Set([operation.invokeIndex, ...reads])].sort((a, b) => a - b),
  };
}

/** What is wrong with a saga that ended so; the texts are empty where nothing is there, or nothing lacks. */
function storyOf(type: string, present: string, absent: string): [type: string, message: string] | undefined {
  if (present !== "" && absent !== "") {
    return [
      "fractured-saga",
      `did a part of its steps in the end: ${present} is there, and ${absent} is not`,
    ];
  }
  if (type === "ok" && absent !== "")
    return ["lost-update", `was acknowledged, and ${absent} is not there in the end`];
  if (type === "fail" && present !== "") {
    return ["uncompensated-saga", `failed, and ${present} is there in the end`];
  }
  return undefined;
}
