import type { Json, Key } from "../../harness/history/index.ts";
import type { Anomaly } from "../../harness/ports/verdict.ts";
import { doer } from "../client-operations.ts";
import { excerpt, sameJson } from "../models/index.ts";
import type { Transaction } from "./transactions.ts";

/** What a transaction saw of a list as others had left it. */
export interface ExternalRead {
  readonly by: Transaction;
  readonly key: Key;
  readonly elements: readonly Json[];
}

/** What a transaction tells of the lists: what others had left, and everything that it saw. */
export interface Reads {
  readonly external: readonly ExternalRead[];
  /** The longest list that it saw of each key, with what it appended itself. */
  readonly longest: readonly ExternalRead[];
  readonly anomalies: readonly Anomaly[];
}

/**
 * Follows a transaction that was answered through its own reads and appends. A read before all own appends to a key shows the
 * list as others left it; one after them shows that and then exactly the own ones; each must agree with those before.
 */
export function readsOf(by: Transaction): Reads {
  const lists = new Map<
    Key,
    { left: readonly Json[] | undefined; own: readonly Json[]; longest: readonly Json[] }
  >();
  const anomalies: Anomaly[] = [];
  for (const [f, key, value] of by.parts) {
    const known = lists.get(key) ?? { left: undefined, own: [], longest: [] };
    if (f === "append") {
      lists.set(key, { ...known, own: [...known.own, value] });
      continue;
    }
    const elements = (value ?? []) as readonly Json[];
    const cut = elements.length - known.own.length;
    const left = known.left ?? elements.slice(0, Math.max(cut, 0));
    if (!isJoined(elements, left, known.own)) {
      anomalies.push(internal(by, key, elements, known.left, known.own));
    } else lists.set(key, { left, own: known.own, longest: elements });
  }
  const external: ExternalRead[] = [];
  const longest: ExternalRead[] = [];
  for (const [key, list] of lists) {
    if (list.left === undefined) continue;
    const future = by.parts.find(
      ([f, to, element]) => f === "append" && to === key && includes(list.left, element),
    );
    if (future !== undefined) anomalies.push(futureRead(by, key, future[2]));
    external.push({ by, key, elements: list.left });
    longest.push({ by, key, elements: list.longest });
  }
  return { external, longest, anomalies };
}

const includes = (elements: readonly Json[] | undefined, element: Json) =>
  elements?.some((each) => sameJson(each, element)) === true;

/** Whether a list is one list and then another. */
function isJoined(elements: readonly Json[], one: readonly Json[], other: readonly Json[]): boolean {
  return (
    elements.length === one.length + other.length &&
    one.every((each, at) => sameJson(each, elements[at] as Json)) &&
    other.every((each, at) => sameJson(each, elements[one.length + at] as Json))
  );
}

function futureRead({ operation }: Transaction, key: Key, element: Json): Anomaly {
  return {
    type: "future-read",
    key,
    message: `${doer(operation)} read ${excerpt(element)} from ${key} before it appended that itself`,
    operations: [operation.invokeIndex],
  };
}

function internal(
  { operation }: Transaction,
  key: Key,
  seen: readonly Json[],
  left: readonly Json[] | undefined,
  own: readonly Json[],
): Anomaly {
  const before = left === undefined ? "" : `had seen ${excerpt(left)}`;
  const then = own.length === 0 ? "" : `had itself appended ${excerpt(own)}`;
  return {
    type: "internal",
    key,
    message: `${doer(operation)} ${[before, then].filter((each) => each !== "").join(" and ")}, and then read ${excerpt(seen)} from ${key}`,
    operations: [operation.invokeIndex],
  };
}
