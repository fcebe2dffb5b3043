import { canonicalJson, type Json } from "../../harness/history/index.ts";
import type { Model, ModelOperation } from "../models/index.ts";
import type { BareEvent } from "./history-of.ts";

/** An operation on one object, as the definition of linearizability sees it. */
interface TimedOperation extends ModelOperation {
  /** Event of the invocation. */
  readonly call: number;
  /** Event of the completion; infinite where nobody knows whether it took effect. */
  readonly ret: number;
}

/** How a history is to be read, where a model leaves that open. Default: a failure and every answer mean what they say. */
export interface Reading {
  /** Whether a failed operation of that name is an observation. Default: all failed ones are dropped. */
  observesFailure?(f: string): boolean;
  /** Whether an answer tells nothing. */
  saysNothing?(operation: ModelOperation): boolean;
}

/**
 * Linearizability by its definition: whether some order of all completed and any of the crashed operations extends real time
 * and is what the model does. Of the model it takes `init`, `step` and `partition`; of the checkers nothing.
 *
 * Cost: exponential; for a dozen operations.
 */
export function hasLinearization(events: readonly BareEvent[], model: Model, reading: Reading = {}): boolean {
  return [...operationsByObject(events, model, reading).values()].every((operations) =>
    hasOrder(operations, model),
  );
}

/** The operations by key, or all together where the model does not part them. Failed ones are left out as the reading says. */
function operationsByObject(
  events: readonly BareEvent[],
  model: Model,
  reading: Reading = {},
): Map<string, TimedOperation[]> {
  const objects = new Map<string, TimedOperation[]>();
  const open = new Map<number, { call: number; event: BareEvent }>();
  const close = (process: number, type: "ok" | "fail" | "info", output: Json, index: number) => {
    const { call, event } = open.get(process) as { call: number; event: BareEvent };
    open.delete(process);
    const { f, value: input, key } = event;
    const ret = type === "info" ? Number.POSITIVE_INFINITY : index;
    const operation = { f, input, type, process, call, ret, ...(type === "ok" ? { output } : {}) };
    if (type === "fail" && !reading.observesFailure?.(f)) return;
    if (reading.saysNothing?.(operation)) return;
    const object = model.partition === "whole" ? "" : canonicalJson(key ?? null);
    objects.set(object, [...(objects.get(object) ?? []), operation]);
  };
  for (const [index, event] of events.entries()) {
    const { process, type } = event;
    if (process === "nemesis") continue;
    if (type === "invoke") open.set(process, { call: index, event });
    else close(process, type, event.value, index);
  }
  for (const process of [...open.keys()]) close(process, "info", null, events.length);
  return objects;
}

/** Whether the operations of one object have an order. */
function hasOrder(operations: readonly TimedOperation[], model: Model): boolean {
  const completed = operations.reduce(
    (set, { ret }, at) => (Number.isFinite(ret) ? set | (1 << at) : set),
    0,
  );
  /** Of each operation, those that returned before it was called. */
  const before = operations.map(({ call }) =>
    operations.reduce((set, { ret }, at) => (ret < call ? set | (1 << at) : set), 0),
  );
  const hopeless = new Set<string>();
  const place = (placed: number, state: Json): boolean => {
    if ((completed & ~placed) === 0) return true;
    const configuration = `${placed} ${canonicalJson(state)}`;
    if (hopeless.has(configuration)) return false;
    for (const [at, operation] of operations.entries()) {
      if (placed & (1 << at) || (before[at] as number) & ~placed) continue;
      const step = model.step(state, operation);
      if ("state" in step && place(placed | (1 << at), step.state)) return true;
    }
    hopeless.add(configuration);
    return false;
  };
  return place(0, model.init);
}
