import { ABSENT, Completed, type History, NEMESIS } from "../harness/history/index.ts";
import { finalHealIndex } from "./stats.ts";

export interface FinalReads {
  /** Keys on which an operation of the load ended in `ok`. */
  readonly keys: number;
  /** Those of them on which none did after the final heal: what the store kept of them was not looked at. */
  readonly unread: number;
}

/** How far the recovery looked at what the load left. Cost: O(n) over the columns. */
export function finalReads(history: History): FinalReads {
  const { columns } = history;
  const boundary = finalHealIndex(history);
  const used = new Set<number>();
  const read = new Set<number>();
  for (let id = 0; id < history.length; id++) {
    const key = columns.key[id] as number;
    if (columns.process[id] === NEMESIS || columns.completion[id] !== Completed.ok || key === ABSENT)
      continue;
    ((columns.invokeIndex[id] as number) < boundary ? used : read).add(key);
  }
  let unread = 0;
  for (const key of used) if (!read.has(key)) unread++;
  return { keys: used.size, unread };
}
