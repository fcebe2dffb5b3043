import type { History } from "../../harness/history/index.ts";
import { canonicalJson, type Json, type Key } from "../../harness/history/index.ts";
import type { Anomaly, Reason } from "../../harness/ports/verdict.ts";
import { byKey, type ClientOperation, clientOperations } from "../client-operations.ts";
import type { Model } from "../models/index.ts";
import { excerpt } from "../models/index.ts";
import { nobodyWrote, unfoundedRead } from "../unfounded-read.ts";

/** The reads and writes of one register that say something. */
export interface RegisterHistory {
  readonly key: Key | undefined;
  /** Those that took effect or may have, in order of invocation. */
  readonly writes: readonly ClientOperation[];
  readonly failedWrites: readonly ClientOperation[];
  /** Those that were answered, in order of invocation. */
  readonly reads: readonly ClientOperation[];
  readonly init: Json;
}

/**
 * The registers of a history. Compare-and-sets are neither reads nor writes as definitions of staleness know them: where there are
 * any that may have taken effect, the reason says so.
 *
 * Errors: UsageError `history-does-not-fit-model`.
 */
export function registersOf(
  history: History,
  model: Model,
): { readonly registers: readonly RegisterHistory[]; readonly reasons: readonly Reason[] } {
  const operations = clientOperations(history, model).filter((each) => model.isVoid?.(each) !== true);
  const conditional = operations.filter(({ f, type }) => f === "cas" && type !== "fail").length;
  const registers = [...byKey(operations)].map(([key, ofKey]) => ({
    key,
    writes: ofKey.filter(({ f, type }) => f === "write" && type !== "fail"),
    failedWrites: ofKey.filter(({ f, type }) => f === "write" && type === "fail"),
    reads: ofKey.filter(({ f, type }) => f === "read" && type === "ok"),
    init: model.init,
  }));
  if (conditional === 0) return { registers, reasons: [] };
  const message = `${conditional} compare-and-sets took effect or may have, and staleness is defined for reads and writes alone`;
  return {
    registers,
    reasons: [{ code: "unsupported-operation", message, hint: "run the workload with --option cas=no" }],
  };
}

export const valueRead = ({ output = null }: ClientOperation): Json => output;

export const textOf = (value: Json): string => canonicalJson(value);

/** The writes of each value, by its text. */
export function writesByValue({ writes }: RegisterHistory): Map<string, ClientOperation[]> {
  const found = new Map<string, ClientOperation[]>();
  for (const write of writes) {
    const text = textOf(write.input);
    const same = found.get(text);
    if (same === undefined) found.set(text, [write]);
    else same.push(write);
  }
  return found;
}

/** A read of a value that nobody had begun to write by then, or whose every write failed. */
export function unwritten(
  { key, failedWrites }: RegisterHistory,
  read: ClientOperation,
  later: ClientOperation | undefined,
): Anomaly {
  const text = textOf(valueRead(read));
  return unfoundedRead({
    key,
    read,
    saw: `read ${excerpt(valueRead(read))}`,
    source: "write",
    failed: failedWrites.find(
      ({ input, invokeIndex }) => textOf(input) === text && invokeIndex < read.completeIndex,
    ),
    otherwise: nobodyWrote(later),
  });
}
