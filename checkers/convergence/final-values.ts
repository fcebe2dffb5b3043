import type { Key } from "../../harness/history/index.ts";
import type { ClientOperation } from "../client-operations.ts";

/** What was seen of one key once everything was healed. */
export interface FinalValues {
  /** The last read of each node that answered one, by the node; nodes in order of their names. */
  readonly last: ReadonlyMap<string, ClientOperation>;
  /** Every read after the heal that ended in ok, in order of invocation. */
  readonly reads: readonly ClientOperation[];
}

/**
 * The final reads of one key: those that were invoked after the final heal. Of a node the last one counts, in
 * order of completion.
 */
export function finalValues(operations: readonly ClientOperation[], healIndex: number): FinalValues {
  const reads = operations.filter(
    ({ f, type, invokeIndex }) => f === "read" && type === "ok" && invokeIndex > healIndex,
  );
  const last = new Map<string, ClientOperation>();
  for (const read of reads) {
    if (read.node === undefined) continue;
    const before = last.get(read.node);
    if (before === undefined || before.completeIndex < read.completeIndex) last.set(read.node, read);
  }
  return { last: new Map([...last].sort(([a], [b]) => (a < b ? -1 : 1))), reads };
}

/** One key of a history, and everything that its judges look at. */
export interface KeyHistory {
  readonly key: Key | undefined;
  readonly operations: readonly ClientOperation[];
  readonly final: FinalValues;
}
