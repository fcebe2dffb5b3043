import { canonicalJson, type History, type Key } from "../../../harness/history/index.ts";
import type { Model } from "../../models/index.ts";
import { modelOperation } from "./model-operation.ts";

/** The operations on one object, as rows of the history: what every checker of one object starts from. */
export interface ObjectHistory {
  readonly history: History;
  readonly key: Key | undefined;
  /**
   * In order of invocation. Completed operations, crashed ones that may have had an effect, and failed ones only where the
   * model takes their failure for an answer.
   */
  readonly rows: Int32Array;
}

/**
 * Groups rows by the object that they belong to: by key, and further as the model splits an object.
 *
 * Sound, since linearizability is local: a history is linearizable if and only if it is on each object (Herlihy and Wing, TOPLAS
 * 12(3), 1990, section 3.1). Cost: O(n).
 */
export function objectsOf(history: History, model: Model, rows: Int32Array): ObjectHistory[] {
  const { columns, names } = history;
  const byKey = model.partition !== "whole";
  const keyOf = (row: number) => (byKey ? (columns.key[row] as number) + 1 : 0);
  return groupBy(rows, keyOf, names.keys.length + 1).flatMap((group, key): ObjectHistory[] => {
    if (group.length === 0) return [];
    const name = key === 0 ? undefined : names.keys[key - 1];
    return splitFurther(history, model, group).map((part) => ({ history, key: name, rows: part }));
  });
}

function splitFurther(history: History, model: Model, rows: Int32Array): Int32Array[] {
  if (model.split === undefined) return [rows];
  const numbers = new Map<string, number>();
  const parts = new Int32Array(rows.length);
  for (const [at, row] of rows.entries()) {
    const part = model.split(modelOperation(history, row));
    if (part === undefined) return [rows];
    const text = canonicalJson(part);
    let number = numbers.get(text);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(text, number);
    }
    parts[at] = number;
  }
  let at = 0;
  return groupBy(rows, () => parts[at++ % rows.length] as number, numbers.size);
}

/** Rows by group, their order kept. `groupOf` is asked twice for each row, in order. */
function groupBy(rows: Int32Array, groupOf: (row: number) => number, groups: number): Int32Array[] {
  const counts = new Int32Array(groups);
  for (const row of rows) {
    const group = groupOf(row);
    counts[group] = (counts[group] as number) + 1;
  }
  const found = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (const row of rows) {
    const group = groupOf(row);
    const count = counts[group] as number;
    (found[group] as Int32Array)[count] = row;
    counts[group] = count + 1;
  }
  return found;
}
