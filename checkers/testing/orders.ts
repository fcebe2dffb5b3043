import type { Json } from "../../harness/history/index.ts";
import type { Model, ModelOperation } from "../models/index.ts";
import type { BareEvent } from "./history-of.ts";

/** An operation on one object, as the definition of linearizability sees it. */
export interface OrderedOperation {
  /** Event of the invocation. */
  readonly call: number;
  /** Event of the completion; infinite where nobody knows whether it took effect. */
  readonly ret: number;
  readonly seen: ModelOperation;
}

/** The operations of one object; failed ones are left out. */
export function operationsOf(events: readonly BareEvent[]): OrderedOperation[] {
  const open = new Map<BareEvent["process"], { call: number; event: BareEvent }>();
  const found: OrderedOperation[] = [];
  const close = ({ call, event }: { call: number; event: BareEvent }, ret: number, end?: BareEvent) => {
    const { f, value: input, process } = event;
    const asked = { f, input, process: process as number };
    if (end?.type === "ok") found.push({ call, ret, seen: { ...asked, output: end.value, type: "ok" } });
    else if (end?.type !== "fail") {
      found.push({ call, ret: Number.POSITIVE_INFINITY, seen: { ...asked, type: "info" } });
    }
  };
  for (const [index, event] of events.entries()) {
    const begun = open.get(event.process);
    if (event.type === "invoke") open.set(event.process, { call: index, event });
    else if (begun !== undefined) {
      open.delete(event.process);
      close(begun, index, event);
    }
  }
  for (const begun of open.values()) close(begun, events.length);
  return found.sort((a, b) => a.call - b.call);
}

/**
 * Linearizability by its definition: tries every order of the answered operations and of every subset of the others that
 * extends real time. Exponential; for a dozen operations.
 */
export function hasOrderIn(operations: readonly OrderedOperation[], model: Model): boolean {
  const place = (remaining: readonly OrderedOperation[], state: Json): boolean => {
    if (remaining.every(({ ret }) => ret === Number.POSITIVE_INFINITY)) return true;
    return remaining.some((next) => {
      if (remaining.some((other) => other.ret < next.call)) return false;
      const step = model.step(state, next.seen);
      return (
        "state" in step &&
        place(
          remaining.filter((other) => other !== next),
          step.state,
        )
      );
    });
  };
  return place(operations, model.init);
}

/** The operations as they stood after an event: what was answered later is open; what is open and only looks is left out. */
export function stoodAt(
  operations: readonly OrderedOperation[],
  event: number,
  model: Model,
): OrderedOperation[] {
  return operations
    .filter(({ call }) => call <= event)
    .map((operation) =>
      operation.ret <= event ? operation : { ...operation, ret: Number.POSITIVE_INFINITY },
    )
    .filter(({ ret, seen }) => ret <= event || !model.isPure?.(seen));
}

/** The states in which `last` can find the object, in any order of the others that extends real time. */
export function statesFound(
  others: readonly OrderedOperation[],
  last: OrderedOperation,
  model: Model,
): Json[] {
  const found = new Map<string, Json>();
  const place = (remaining: readonly OrderedOperation[], state: Json, seen: Json | undefined): void => {
    const mayLook = seen === undefined && !remaining.some((other) => other.ret < last.call);
    if (mayLook) place(remaining, state, state);
    if (seen !== undefined && remaining.every(({ ret }) => ret === Number.POSITIVE_INFINITY)) {
      found.set(JSON.stringify(seen), seen);
    }
    for (const next of remaining) {
      if (remaining.some((other) => other.ret < next.call)) continue;
      if (seen === undefined && last.ret < next.call) continue;
      const step = model.step(state, next.seen);
      if ("rejected" in step) continue;
      const left = remaining.filter((other) => other !== next);
      place(left, step.state, seen);
    }
  };
  place(others, model.init, undefined);
  return [...found.values()];
}

/** Whether some of the operations, one after the other in whatever order, lead to where `last` has its answer. */
export function canComeFrom(
  others: readonly OrderedOperation[],
  last: OrderedOperation,
  model: Model,
): boolean {
  const from = (left: readonly OrderedOperation[], state: Json): boolean => {
    if ("state" in model.step(state, last.seen)) return true;
    return left.some((next) => {
      const step = model.step(state, next.seen);
      return (
        "state" in step &&
        from(
          left.filter((other) => other !== next),
          step.state,
        )
      );
    });
  };
  return from(others, model.init);
}
