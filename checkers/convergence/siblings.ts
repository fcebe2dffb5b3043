import { canonicalJson, type Json, type Key } from "../../harness/history/index.ts";
import type { Anomaly } from "../../harness/ports/verdict.ts";
import { type ClientOperation, doer } from "../client-operations.ts";
import { excerpt } from "../models/index.ts";
import { unwrittenValues } from "./registers.ts";

const NEVER_WRITTEN: Json = null;

/** Every value of every read was being written by then, by an operation that did not fail. */
export function unwrittenSiblings(key: Key | undefined, operations: readonly ClientOperation[]): Anomaly[] {
  const each = operations.flatMap((operation) => {
    if (operation.f !== "read" || operation.type !== "ok") return [operation];
    return valuesOf(operation).map((value) => ({ ...operation, output: value }));
  });
  return unwrittenValues(key, each, NEVER_WRITTEN);
}

/**
 * What all nodes agree on has every acknowledged value, but those that something took the place of. What took its place
 * saw it, and whatever took the place of that in turn; so a value of the end was being written after the lost one was
 * begun. Which writes a write had seen, no client can tell: nothing more is asked for.
 */
export function lostSiblings(
  key: Key | undefined,
  operations: readonly ClientOperation[],
  read: ClientOperation,
): Anomaly[] {
  const writes = operations.filter(({ f, type }) => f === "write" && type !== "fail");
  const ends = new Set(valuesOf(read).map((value) => canonicalJson(value)));
  const stays = (write: ClientOperation) => ends.has(canonicalJson(write.input));
  const latest = Math.max(-1, ...writes.filter(stays).map(({ completeIndex }) => completeIndex));
  const lost = writes.find((write) => write.type === "ok" && !stays(write) && write.invokeIndex > latest);
  if (lost === undefined) return [];
  return [
    {
      type: "lost-update",
      ...(key === undefined ? {} : { key }),
      message:
        `every node ends with ${excerpt(read.output ?? null)} (${doer(read)}), without ${excerpt(lost.input)}, which ` +
        `${doer(lost)} wrote after all of them`,
      operations: [lost.invokeIndex, read.invokeIndex],
    },
  ];
}

function valuesOf({ output = null }: ClientOperation): readonly Json[] {
  return output as readonly Json[];
}
