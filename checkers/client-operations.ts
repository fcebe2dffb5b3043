import { ABSENT, type CompletionType, type History, type Key, NEMESIS } from "../harness/history/index.ts";
import { modelOperation } from "./linearizable/preparation/model-operation.ts";
import { assertFits } from "./linearizable/preparation/sift.ts";
import type { Model, ModelOperation } from "./models/index.ts";

/** One operation of a client with its place in real time. */
export interface ClientOperation extends ModelOperation {
  readonly type: CompletionType;
  readonly process: number;
  readonly key: Key | undefined;
  /** Who answered, where the history tells. */
  readonly node: string | undefined;
  readonly invokeIndex: number;
  /** Infinite where nobody knows whether, and so when, it took effect. */
  readonly completeIndex: number;
  readonly invokeTimeNs: number;
  /** Infinite with `completeIndex`. */
  readonly completeTimeNs: number;
}

/**
 * The operations of clients, in order of invocation, failed ones too.
 *
 * Cost: O(n), an object an operation.
 * Errors: UsageError `history-does-not-fit-model`, with the first operation that does not fit.
 */
export function clientOperations(history: History, model: Model): ClientOperation[] {
  const { columns, names } = history;
  const operations: ClientOperation[] = [];
  for (let row = 0; row < history.length; row++) {
    if (columns.process[row] === NEMESIS) continue;
    const operation = modelOperation(history, row);
    assertFits(history, model, operation, row);
    const key = columns.key[row] as number;
    const node = columns.node[row] as number;
    const known = operation.type !== "info";
    operations.push({
      ...operation,
      process: columns.process[row] as number,
      key: key === ABSENT ? undefined : (names.keys[key] as Key),
      node: node === ABSENT ? undefined : (names.nodes[node] as string),
      invokeIndex: columns.invokeIndex[row] as number,
      completeIndex: known ? (columns.completeIndex[row] as number) : Number.POSITIVE_INFINITY,
      invokeTimeNs: columns.invokeTimeNs[row] as number,
      completeTimeNs: known ? (columns.completeTimeNs[row] as number) : Number.POSITIVE_INFINITY,
    });
  }
  return operations;
}

/** The same operations by key, keys in order of first use. */
export function byKey(operations: readonly ClientOperation[]): Map<Key | undefined, ClientOperation[]> {
  const keys = new Map<Key | undefined, ClientOperation[]>();
  for (const operation of operations) {
    const ofKey = keys.get(operation.key);
    if (ofKey === undefined) keys.set(operation.key, [operation]);
    else ofKey.push(operation);
  }
  return keys;
}

/** `process 3 (event 12)`: who did it, to follow a verb. */
export function doer({ process, node, invokeIndex }: ClientOperation): string {
  return `process ${process}${node === undefined ? "" : ` at ${node}`} (event ${invokeIndex})`;
}
