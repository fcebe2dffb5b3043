import type { Anomaly, Reason } from "../../harness/ports/verdict.ts";
import type { ClientOperation } from "../client-operations.ts";
import { excerpt } from "../models/index.ts";
import { type RegisterHistory, textOf, unwritten, valueRead, writesByValue } from "./register-history.ts";

/** One value of a register: its write and all reads of it. */
export interface Cluster {
  /** Undefined for the initial value, which was there before everything. */
  readonly write: ClientOperation | undefined;
  /** In order of invocation. */
  readonly reads: readonly ClientOperation[];
}

export interface Clusters {
  readonly clusters: readonly Cluster[];
  /** Reads of what nobody had begun to write. */
  readonly anomalies: readonly Anomaly[];
  /** Where a value that was read was written more than once, nobody can tell which write a read saw. */
  readonly reasons: readonly Reason[];
}

/**
 * Takes the operations of a register apart by value. Writes that nobody answered and nobody read are left out: whether they
 * took effect makes no read newer. Cost: O(n).
 */
export function clustersOf(register: RegisterHistory): Clusters {
  const values = writesByValue(register);
  const initial: ClientOperation[] = [];
  const reads = new Map<ClientOperation, ClientOperation[]>();
  const anomalies: Anomaly[] = [];
  const ambiguous = new Set<string>();
  const initialText = textOf(register.init);
  for (const read of register.reads) {
    const text = textOf(valueRead(read));
    const writes = values.get(text) ?? [];
    const [write] = writes;
    if (text === initialText && write === undefined) initial.push(read);
    else if (write === undefined || write.invokeIndex > read.completeIndex) {
      if (text === initialText) initial.push(read);
      else anomalies.push(unwritten(register, read, write));
    } else if (writes.length > 1 || text === initialText) ambiguous.add(text);
    else {
      const same = reads.get(write);
      if (same === undefined) reads.set(write, [read]);
      else same.push(read);
    }
  }
  const written = register.writes
    .filter((write) => write.type === "ok" || reads.has(write))
    .map((write) => ({ write, reads: reads.get(write) ?? [] }));
  return {
    clusters: [{ write: undefined, reads: initial }, ...written],
    anomalies,
    reasons: ambiguous.size === 0 ? [] : [ambiguity(register, ambiguous)],
  };
}

function ambiguity({ key }: RegisterHistory, texts: ReadonlySet<string>): Reason {
  const [first = ""] = texts;
  const where = key === undefined ? "" : ` of ${key}`;
  return {
    code: "ambiguous-values",
    message:
      `${texts.size} ${texts.size === 1 ? "value" : "values"}${where} that were read can come from more than one write, such as ` +
      excerpt(JSON.parse(first)),
    hint: "how stale a read is can be told where every write has a value of its own; in the workload register: values=0",
  };
}
