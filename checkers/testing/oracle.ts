import { canonicalJson, type Json, type Key } from "../../harness/history/index.ts";
import type { Model, ModelOperation } from "../models/index.ts";
import type { BareEvent } from "./history-of.ts";

/** An operation of a history, as the definition of linearizability sees it. */
export interface TimedOperation extends ModelOperation {
  readonly key: Key | undefined;
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
 * and is what the model does, on each object. Of the model it takes `init`, `step` and `partition`; of the checkers nothing.
 *
 * Cost: exponential; for a dozen operations on an object. So are the others of this file.
 */
export function hasLinearization(events: readonly BareEvent[], model: Model, reading: Reading = {}): boolean {
  const objects = new Map<string, TimedOperation[]>();
  for (const operation of operationsOf(events, reading)) {
    const object = model.partition === "whole" ? "" : canonicalJson(operation.key ?? null);
    objects.set(object, [...(objects.get(object) ?? []), operation]);
  }
  return [...objects.values()].every((operations) => hasOrder(operations, model));
}

/** The operations of a history in order of invocation. Failed ones are left out as the reading says. */
export function operationsOf(events: readonly BareEvent[], reading: Reading = {}): TimedOperation[] {
  const found: TimedOperation[] = [];
  const open = new Map<number, { call: number; event: BareEvent }>();
  const close = (process: number, type: "ok" | "fail" | "info", output: Json, index: number) => {
    const { call, event } = open.get(process) as { call: number; event: BareEvent };
    open.delete(process);
    const { f, value: input, key } = event;
    const ret = type === "info" ? Number.POSITIVE_INFINITY : index;
    const operation = { f, input, type, process, key, call, ret, ...(type === "ok" ? { output } : {}) };
    if (type === "fail" && !reading.observesFailure?.(f)) return;
    if (!reading.saysNothing?.(operation)) found.push(operation);
  };
  for (const [index, event] of events.entries()) {
    const { process, type } = event;
    if (process === "nemesis") continue;
    if (type === "invoke") open.set(process, { call: index, event });
    else close(process, type, event.value, index);
  }
  for (const process of [...open.keys()]) close(process, "info", null, events.length);
  return found.sort((a, b) => a.call - b.call);
}

/** The operations as they stood after an event: what was answered later is open; what is open and only looks is left out. */
export function stoodAt(
  operations: readonly TimedOperation[],
  event: number,
  model: Model,
): TimedOperation[] {
  return operations
    .filter(({ call }) => call <= event)
    .map((operation) =>
      operation.ret <= event ? operation : { ...operation, ret: Number.POSITIVE_INFINITY },
    )
    .filter((operation) => operation.ret <= event || !model.isPure?.(operation));
}

/** Whether the operations of one object have an order. */
export function hasOrder(operations: readonly TimedOperation[], model: Model): boolean {
  return canComplete(operations, model.init, stepsOf(model));
}

/** The states in which `last`, which has completed, can find the object, in any order of all that extends real time. */
export function statesFound(others: readonly TimedOperation[], last: TimedOperation, model: Model): Json[] {
  const step = stepsOf(model);
  const reachable = new Map<string, Json>();
  someOrder(others, model.init, step, (_, state) => {
    reachable.set(canonicalJson(state), state);
    return false;
  });
  // Whatever it is answered: it only looks, and has a place in that state alone.
  const lookingFor = (text: string) => (state: Json, operation: TimedOperation) =>
    operation !== last ? step(state, operation) : canonicalJson(state) === text ? state : undefined;
  return [...reachable].flatMap(([text, state]) =>
    canComplete([...others, last], model.init, lookingFor(text)) ? [state] : [],
  );
}

/** Whether some of the operations, one after the other in whatever order, lead to where `last` has its answer. */
export function canComeFrom(others: readonly TimedOperation[], last: TimedOperation, model: Model): boolean {
  const step = stepsOf(model);
  const atAnyTime = others.map((operation) => ({ ...operation, ret: Number.POSITIVE_INFINITY }));
  return someOrder(atAnyTime, model.init, step, (_, state) => step(state, last) !== undefined);
}

/** The state after an operation; undefined where it has no place. */
type Step = (state: Json, operation: TimedOperation) => Json | undefined;

function stepsOf(model: Model): Step {
  return (state, operation) => {
    const step = model.step(state, operation);
    return "state" in step ? step.state : undefined;
  };
}

/** Whether some order has all completed operations. */
function canComplete(operations: readonly TimedOperation[], init: Json, step: Step): boolean {
  const completed = setOf(operations, ({ ret }) => Number.isFinite(ret));
  return someOrder(operations, init, step, (placed) => (completed & ~placed) === 0);
}

/**
 * Whether some beginning of an order that extends real time leads to what is wanted: a set of operations that have been
 * placed, by bits, and the state that they leave.
 */
function someOrder(
  operations: readonly TimedOperation[],
  init: Json,
  step: Step,
  isWanted: (placed: number, state: Json) => boolean,
): boolean {
  if (operations.length > 31) throw new Error(`${operations.length} operations are too many for an order`);
  const before = operations.map(({ call }) => setOf(operations, ({ ret }) => ret < call));
  const seen = new Set<string>();
  const place = (placed: number, state: Json): boolean => {
    if (isWanted(placed, state)) return true;
    const configuration = `${placed} ${canonicalJson(state)}`;
    if (seen.has(configuration)) return false;
    seen.add(configuration);
    for (const [at, operation] of operations.entries()) {
      if (placed & (1 << at) || (before[at] as number) & ~placed) continue;
      const after = step(state, operation);
      if (after !== undefined && place(placed | (1 << at), after)) return true;
    }
    return false;
  };
  return place(0, init);
}

function setOf(operations: readonly TimedOperation[], isIn: (operation: TimedOperation) => boolean): number {
  return operations.reduce((set, operation, at) => (isIn(operation) ? set | (1 << at) : set), 0);
}
