import { canonicalJson, type Json, type Key } from "../../harness/history/index.ts";
import type { Anomaly } from "../../harness/ports/verdict.ts";
import { type ClientOperation, doer } from "../client-operations.ts";
import { excerpt } from "../models/index.ts";
import { nobodyWrote, unfoundedRead } from "../unfounded-read.ts";

/** The value that a write or a compare-and-set leaves; undefined for a read. */
function writtenBy({ f, input }: ClientOperation): Json | undefined {
  if (f === "write") return input;
  return f === "cas" ? ((input as readonly Json[])[1] as Json) : undefined;
}

/** Writes of one register by the text of their value, in order of invocation. */
interface Writes {
  readonly done: ReadonlyMap<string, readonly ClientOperation[]>;
  readonly failed: ReadonlyMap<string, readonly ClientOperation[]>;
}

function writesOf(operations: readonly ClientOperation[]): Writes {
  const done = new Map<string, ClientOperation[]>();
  const failed = new Map<string, ClientOperation[]>();
  for (const operation of operations) {
    const value = writtenBy(operation);
    if (value === undefined) continue;
    const writes = operation.type === "fail" ? failed : done;
    const text = canonicalJson(value);
    const same = writes.get(text);
    if (same === undefined) writes.set(text, [operation]);
    else same.push(operation);
  }
  return { done, failed };
}

/** Every value that was read is the initial one, or was being written by then by an operation that did not fail. */
export function unwrittenValues(
  key: Key | undefined,
  operations: readonly ClientOperation[],
  init: Json,
): Anomaly[] {
  const { done, failed } = writesOf(operations);
  const found = new Map<string, Anomaly>();
  for (const read of operations) {
    if (read.f !== "read" || read.type !== "ok") continue;
    const text = canonicalJson(read.output ?? null);
    if (text === canonicalJson(init) || found.has(text)) continue;
    const [write] = done.get(text) ?? [];
    if (write !== undefined && write.invokeIndex < read.completeIndex) continue;
    const anomaly = unfoundedRead({
      key,
      read,
      saw: `read ${excerpt(read.output ?? null)}`,
      source: "write",
      failed: failed.get(text)?.find(({ invokeIndex }) => invokeIndex < read.completeIndex),
      otherwise: nobodyWrote(write),
    });
    found.set(text, anomaly);
  }
  return [...found.values()];
}

/**
 * What all nodes agree on must be a value that can have come last. Eventual consistency leaves open in which order
 * writes are put, so that is any that was written; but the initial value only where no write was acknowledged.
 */
export function lostWrites(
  key: Key | undefined,
  operations: readonly ClientOperation[],
  read: ClientOperation,
  init: Json,
): Anomaly[] {
  const value = read.output ?? null;
  const text = canonicalJson(value);
  if (text !== canonicalJson(init) || writesOf(operations).done.has(text)) return [];
  const acknowledged = operations.filter((each) => each.type === "ok" && writtenBy(each) !== undefined);
  const last = acknowledged.at(-1);
  if (last === undefined) return [];
  return [
    {
      type: "lost-update",
      ...(key === undefined ? {} : { key }),
      message:
        `every node ends with the initial value ${excerpt(value)} (${doer(read)}), though ${acknowledged.length} ` +
        `${acknowledged.length === 1 ? "write was" : "writes were"} acknowledged, the last that of ` +
        `${excerpt(writtenBy(last) as Json)} by ${doer(last)}`,
      operations: [last.invokeIndex, read.invokeIndex],
    },
  ];
}
