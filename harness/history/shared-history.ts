import { History, type HistoryColumns, type HistoryNames } from "./history.ts";
import { openSharedValues, type SharedValues, shareValues } from "./shared-values.ts";

/** A history that can be posted to a worker: its columns and values are shared, only its names are copied. */
export interface SharedHistory {
  readonly columns: HistoryColumns;
  readonly names: HistoryNames;
  readonly values: SharedValues;
  readonly eventCount: number;
}

/**
 * What a worker needs to read the history. Where the runtime has no shared memory, posting it copies everything.
 *
 * Cost: O(size of all values); the columns are shared as they are.
 */
export function shareHistory({ columns, names, values, eventCount }: History): SharedHistory {
  return { columns, names, values: shareValues(values), eventCount };
}

/** The history behind what {@link shareHistory} gave, on whatever thread. Cost: O(1). */
export function openSharedHistory(shared: SharedHistory): History {
  return new History({ ...shared, values: openSharedValues(shared.values) });
}
