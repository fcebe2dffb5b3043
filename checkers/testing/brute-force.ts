import type { Json } from "../../harness/history/index.ts";
import type { BareEvent } from "./history-of.ts";

/** An operation on one register, as the definition of linearizability sees it. Nothing in this file asks a model or a checker. */
export interface BareOperation {
  /** Event of the invocation. */
  readonly call: number;
  /** Event of the completion; infinite where nobody knows whether it took effect. */
  readonly ret: number;
  readonly f: string;
  readonly input: Json;
  readonly output: Json;
  readonly failed: boolean;
}

/** What is left open by a history of registers. */
export interface Reading {
  readonly init: Json;
  readonly failedCas: "dropped" | "observed";
  readonly nilReads: "value" | "unknown";
}

/** The operations of a history of registers, by key. Failed ones are left out as the reading says. */
export function operationsByKey(
  events: readonly BareEvent[],
  reading: Reading,
): Map<string, BareOperation[]> {
  const open = new Map<string | number, { call: number; event: BareEvent }>();
  const found: { key: string; operation: BareOperation }[] = [];
  const close = (process: string | number, end: BareEvent | undefined, index: number) => {
    const begun = open.get(process);
    if (begun === undefined) return;
    open.delete(process);
    const failed = end?.type === "fail";
    const { f, value } = begun.event;
    if (failed && !(f === "cas" && reading.failedCas === "observed")) return;
    const unknown = end === undefined || end.type === "info";
    const ret = unknown ? Number.POSITIVE_INFINITY : index;
    const operation = { call: begun.call, ret, f, input: value, output: end?.value ?? null, failed };
    found.push({ key: JSON.stringify(begun.event.key ?? null), operation });
  };
  for (const [index, event] of events.entries()) {
    if (event.process === "nemesis") continue;
    if (event.type === "invoke") open.set(event.process, { call: index, event });
    else close(event.process, event, index);
  }
  for (const process of [...open.keys()]) close(process, undefined, events.length);
  const byKey = new Map<string, BareOperation[]>();
  for (const { key, operation } of found.sort((a, b) => a.operation.call - b.operation.call)) {
    byKey.set(key, [...(byKey.get(key) ?? []), operation]);
  }
  return byKey;
}

/**
 * Linearizability of a register by its definition: tries every order of the completed operations and of every subset
 * of the others that extends real time. Unlike the oracle of every model it asks no model: what a register does is written
 * down here again, so that a mistake in a model's `step` shows. Exponential; for a dozen operations.
 */
export function hasOrder(operations: readonly BareOperation[], reading: Reading): boolean {
  const place = (remaining: readonly BareOperation[], state: Json): boolean => {
    if (remaining.every(({ ret }) => ret === Number.POSITIVE_INFINITY)) return true;
    return remaining.some((next) => {
      if (remaining.some((other) => other.ret < next.call)) return false;
      const after = apply(next, state, reading);
      return (
        after !== undefined &&
        place(
          remaining.filter((other) => other !== next),
          after.state,
        )
      );
    });
  };
  return place(operations, reading.init);
}

function apply(operation: BareOperation, state: Json, reading: Reading): { state: Json } | undefined {
  if (operation.f === "write") return { state: operation.input };
  if (operation.f === "read") {
    if (operation.ret === Number.POSITIVE_INFINITY) return { state };
    const anything = operation.output === null && reading.nilReads === "unknown";
    return anything || operation.output === state ? { state } : undefined;
  }
  const [from, to] = operation.input as [Json, Json];
  if (operation.failed) return state === from ? undefined : { state };
  return state === from ? { state: to } : undefined;
}

/** The operations as they stood after an event: what completed later is open, and an open read says nothing. */
export function upTo(operations: readonly BareOperation[], event: number): BareOperation[] {
  return operations
    .filter(({ call }) => call <= event)
    .filter(({ ret, f, failed }) => ret <= event || !(f === "read" || failed))
    .map((operation) =>
      operation.ret <= event ? operation : { ...operation, ret: Number.POSITIVE_INFINITY },
    );
}
