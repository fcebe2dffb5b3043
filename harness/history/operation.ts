/** Any JSON value, as it stands in a history. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What one key of a store is called. */
export type Key = string | number;

/** A client process by number, or the one nemesis. */
export type Process = number | "nemesis";

/**
 * How an operation ended. `ok`: it took effect. `fail`: it certainly did not. `info`: nobody knows, and the
 * operation stays concurrent with everything after its invocation.
 */
export type CompletionType = "ok" | "fail" | "info";

export type EventType = "invoke" | CompletionType;

/** Why an operation did not end in `ok`. `code` is stable, `message` is for people. */
export interface OperationError {
  readonly code: string;
  readonly message: string;
}

/**
 * One event of a history: half of an operation. This is the record of `history.jsonl`.
 *
 * `index` is the order in which the one recorder saw the events, and so the real-time order. `time` is in
 * integer nanoseconds since the run started.
 */
export interface HistoryEvent {
  readonly index: number;
  readonly time: number;
  readonly type: EventType;
  readonly process: Process;
  readonly f: string;
  readonly key?: Key;
  readonly value: Json;
  readonly error?: OperationError;
  readonly node?: string;
}

/** An invocation joined with its completion, for people and small witnesses; checkers read the columns. */
export interface Operation {
  /** Position among the operations of its history, in order of invocation. */
  readonly id: number;
  readonly process: Process;
  readonly f: string;
  readonly key?: Key;
  /** The value at invocation. */
  readonly input: Json;
  /** The value at completion; absent where the operation never completed. */
  readonly output?: Json;
  readonly invokeIndex: number;
  readonly invokeTimeNs: number;
  /** Absent where the operation never completed; it then counts as `info`. */
  readonly type?: CompletionType;
  readonly completeIndex?: number;
  readonly completeTimeNs?: number;
  readonly error?: OperationError;
  readonly node?: string;
}
