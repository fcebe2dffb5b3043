import type { Anomaly } from "../../harness/ports/verdict.ts";
import { type ClientOperation, doer } from "../client-operations.ts";
import { excerpt } from "../models/index.ts";
import { type RegisterHistory, textOf, unwritten, valueRead, writesByValue } from "./register-history.ts";

/**
 * The reads of one register that no regular register answers so. Each read by itself must be explained by some order of
 * the writes that extends real time: it returns a value whose write began before the read ended, and that no other write
 * certainly replaced, one that began after that write ended and ended before the read began. This is MWRegWeak, which
 * with one writer is Lamport's regular register; reads need not agree on the order of concurrent writes.
 *
 * A safe register owes nothing to a read beside a write, so `safe` looks at the other reads alone.
 *
 * Cost: O(n log n). Sources: Lamport, On interprocess communication II, 1986; Shao, Welch, Pierce and Lee, Multiwriter consistency
 * conditions for shared memory registers, SIAM J. Comput. 2011, definition of MWRegWeak.
 */
export function irregularReads(register: RegisterHistory, safe: boolean): Anomaly[] {
  const values = writesByValue(register);
  const newest = newestBefore(register.writes);
  const isConcurrent = safe ? besideWrite(register.writes) : () => false;
  const anomalies: Anomaly[] = [];
  for (const read of register.reads) {
    if (isConcurrent(read)) continue;
    const sources = values.get(textOf(valueRead(read))) ?? [];
    const replaced = newest(read.invokeIndex);
    const known = sources.filter(({ invokeIndex }) => invokeIndex < read.completeIndex);
    const isInitial = textOf(valueRead(read)) === textOf(register.init);
    if (isInitial && replaced === undefined) continue;
    if (known.some((write) => replaced === undefined || replaced.invokeIndex < write.completeIndex)) continue;
    const source = known.reduce<ClientOperation | undefined>(
      (last, write) => (last === undefined || write.completeIndex > last.completeIndex ? write : last),
      undefined,
    );
    if (replaced === undefined || (source === undefined && !isInitial)) {
      anomalies.push(unwritten(register, read, sources[0]));
    } else anomalies.push(stale(register, read, source, replaced));
  }
  return anomalies;
}

function stale(
  { key }: RegisterHistory,
  read: ClientOperation,
  source: ClientOperation | undefined,
  replaced: ClientOperation,
): Anomaly {
  const value = excerpt(valueRead(read));
  const origin = source === undefined ? "the initial value" : `written by ${doer(source)}`;
  return {
    type: "stale-read",
    ...(key === undefined ? {} : { key }),
    message:
      `${doer(read)} read ${value}, ${origin}, but before it began ${doer(replaced)} had written ` +
      `${excerpt(replaced.input)}${source === undefined ? "" : " after that"}`,
    operations: [...(source === undefined ? [] : [source]), replaced, read].map(
      ({ invokeIndex }) => invokeIndex,
    ),
  };
}

/** Of the writes that completed before an event, the one that began last. */
function newestBefore(writes: readonly ClientOperation[]): (event: number) => ClientOperation | undefined {
  const byCompletion = writes
    .filter(({ type }) => type === "ok")
    .sort((a, b) => a.completeIndex - b.completeIndex);
  const newest: ClientOperation[] = [];
  for (const [at, write] of byCompletion.entries()) {
    const before = newest[at - 1];
    newest.push(before === undefined || before.invokeIndex < write.invokeIndex ? write : before);
  }
  return (event) => newest[firstFrom(byCompletion, event) - 1];
}

/** Whether a write that may have taken effect overlaps with a read. */
function besideWrite(writes: readonly ClientOperation[]): (read: ClientOperation) => boolean {
  // In order of invocation; the latest completion up to each.
  const latest: number[] = [];
  for (const [at, { completeIndex }] of writes.entries()) {
    latest.push(Math.max(latest[at - 1] ?? -1, completeIndex));
  }
  return ({ invokeIndex, completeIndex }) => {
    let low = 0;
    let high = writes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((writes[middle] as ClientOperation).invokeIndex < completeIndex) low = middle + 1;
      else high = middle;
    }
    return (latest[low - 1] ?? -1) > invokeIndex;
  };
}

/** How many of these, in order of completion, completed before an event. */
function firstFrom(byCompletion: readonly ClientOperation[], event: number): number {
  let low = 0;
  let high = byCompletion.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((byCompletion[middle] as ClientOperation).completeIndex < event) low = middle + 1;
    else high = middle;
  }
  return low;
}
