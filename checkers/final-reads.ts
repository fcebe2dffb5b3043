import {
  ABSENT,
  Completed,
  type History,
  type Key,
  NEMESIS,
  transactionKeys,
  transactionParts,
} from "../harness/history/index.ts";
import { finalHealIndex } from "./stats.ts";

export interface FinalReads {
  /** Keys on which an operation of the load ended in `ok`. */
  readonly keys: number;
  /** Those of them on which none did after the final heal: what the store kept of them was not looked at. */
  readonly unread: number;
}

/** How a transaction reads a key. */
const READS = new Set(["r", "read"]);

/**
 * How far the recovery looked at what the load left. A transaction uses every key that it names, and looks at those that it
 * reads.
 *
 * Cost: O(n) over the columns, and O(size) for each transaction.
 */
export function finalReads(history: History): FinalReads {
  const { columns, names } = history;
  const boundary = finalHealIndex(history);
  const used = new Set<Key>();
  const read = new Set<Key>();
  for (let id = 0; id < history.length; id++) {
    if (columns.process[id] === NEMESIS || columns.completion[id] !== Completed.ok) continue;
    const inLoad = (columns.invokeIndex[id] as number) < boundary;
    const key = columns.key[id] as number;
    if (key !== ABSENT) (inLoad ? used : read).add(names.keys[key] as Key);
    const f = names.functions[columns.f[id] as number] as string;
    if (f !== "txn") continue;
    const transaction = { f, value: history.values.get(columns.output[id] as number) };
    if (inLoad) for (const each of transactionKeys(transaction)) used.add(each);
    else for (const [what, each] of transactionParts(transaction)) if (READS.has(what)) read.add(each);
  }
  let unread = 0;
  for (const key of used) if (!read.has(key)) unread++;
  return { keys: used.size, unread };
}
