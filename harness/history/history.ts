import type { CompletionType, Key, Operation, OperationError } from "./operation.ts";
import type { Values } from "./value-table.ts";

/** The number that stands for the nemesis in the process column. */
export const NEMESIS = -1;
/** Stands in a column where there is nothing. */
export const ABSENT = -1;

/** The numbers in the completion column. `open`: the operation never completed, and counts as `info`. */
export const Completed = { open: 0, ok: 1, fail: 2, info: 3 } as const;

const COMPLETION_TYPES: readonly (CompletionType | undefined)[] = [undefined, "ok", "fail", "info"];

/**
 * The columns of a history: one row an operation, in order of invocation. Names, keys and values are interned, so
 * that checkers compare integers. Columns lie in shared memory where the runtime has it.
 */
export interface HistoryColumns {
  /** Process number, or {@link NEMESIS}. */
  readonly process: Int32Array;
  /** Index into `names.functions`. */
  readonly f: Int32Array;
  /** Index into `names.keys`, or {@link ABSENT}. */
  readonly key: Int32Array;
  /** The value at invocation, by its number in the value table. */
  readonly input: Int32Array;
  /** The value at completion, by its number in the value table, or {@link ABSENT} where it never completed. */
  readonly output: Int32Array;
  /** One of {@link Completed}. */
  readonly completion: Uint8Array;
  /** Index of the invocation among all events: the real-time order. */
  readonly invokeIndex: Int32Array;
  /** Index of the completion among all events, or {@link ABSENT}. */
  readonly completeIndex: Int32Array;
  /** Nanoseconds since the run started; Float64 holds every integer up to 2^53, 104 days. */
  readonly invokeTimeNs: Float64Array;
  readonly completeTimeNs: Float64Array;
  /** Index into `names.errors`, or {@link ABSENT}. */
  readonly error: Int32Array;
  /** Index into `names.nodes`, or {@link ABSENT}. */
  readonly node: Int32Array;
}

export interface HistoryNames {
  readonly functions: readonly string[];
  readonly keys: readonly Key[];
  readonly errors: readonly OperationError[];
  readonly nodes: readonly string[];
}

/** A recorded history in memory. Immutable; made by a {@link HistoryBuilder}. */
export class History {
  /** Number of operations. */
  readonly length: number;
  /** Number of events: at most two an operation. */
  readonly eventCount: number;
  readonly columns: HistoryColumns;
  readonly names: HistoryNames;
  readonly values: Values;

  constructor(parts: {
    columns: HistoryColumns;
    names: HistoryNames;
    values: Values;
    eventCount: number;
  }) {
    this.length = parts.columns.process.length;
    this.eventCount = parts.eventCount;
    this.columns = parts.columns;
    this.names = parts.names;
    this.values = parts.values;
  }

  /** One row as an object, for people; checkers read the columns. `id` in 0 … length - 1. */
  operation(id: number): Operation {
    const { columns, names } = this;
    const at = (column: Int32Array | Float64Array | Uint8Array) => column[id] as number;
    const type = COMPLETION_TYPES[at(columns.completion)];
    return {
      id,
      process: at(columns.process) === NEMESIS ? "nemesis" : at(columns.process),
      f: names.functions[at(columns.f)] as string,
      ...(at(columns.key) === ABSENT ? {} : { key: names.keys[at(columns.key)] as Key }),
      input: this.values.get(at(columns.input)),
      invokeIndex: at(columns.invokeIndex),
      invokeTimeNs: at(columns.invokeTimeNs),
      ...(type === undefined
        ? {}
        : {
            type,
            output: this.values.get(at(columns.output)),
            completeIndex: at(columns.completeIndex),
            completeTimeNs: at(columns.completeTimeNs),
          }),
      ...(at(columns.error) === ABSENT ? {} : { error: names.errors[at(columns.error)] as OperationError }),
      ...(at(columns.node) === ABSENT ? {} : { node: names.nodes[at(columns.node)] as string }),
    };
  }

  /**
   * The operation with its invocation at this index among all events, as witnesses name it; undefined where no operation was
   * invoked. Cost: O(log n).
   */
  operationInvokedAt(index: number): Operation | undefined {
    const { invokeIndex } = this.columns;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((invokeIndex[middle] as number) < index) low = middle + 1;
      else high = middle;
    }
    return invokeIndex[low] === index ? this.operation(low) : undefined;
  }

  /** Every row as an object, in order of invocation. */
  *operations(): IterableIterator<Operation> {
    for (let id = 0; id < this.length; id++) yield this.operation(id);
  }
}
