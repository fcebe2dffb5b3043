import type { Json } from "../../harness/history/index.ts";
import type { BareEvent } from "./history-of.ts";

/**
 * An operation on a register, as the definitions below linearizability see it. Nothing in this file asks a model or a
 * checker.
 */
export interface SessionOperation {
  readonly id: number;
  readonly process: number;
  readonly key: string;
  /** What it observed; undefined where it observed nothing. */
  readonly read?: { readonly value: Json };
  readonly write?: { readonly value: Json };
  /** Nobody knows whether it took effect, and when: it comes after what its process did before, and before nothing. */
  readonly crashed: boolean;
  readonly row: number;
}

/** Operations that may have taken effect, in order of invocation: without failed ones and crashed reads. */
export function sessionOperations(events: readonly BareEvent[]): SessionOperation[] {
  const found: SessionOperation[] = [];
  const open = new Map<number, { event: BareEvent; row: number }>();
  let rows = 0;
  const close = (process: number, end: BareEvent | undefined) => {
    const { event, row } = open.get(process) as { event: BareEvent; row: number };
    open.delete(process);
    if (end?.type === "fail") return;
    const crashed = end?.type !== "ok";
    const [from, to] = event.f === "cas" ? (event.value as [Json, Json]) : [null, event.value];
    const isRead = event.f !== "write";
    if (crashed && event.f === "read") return;
    found.push({
      id: 0,
      process,
      key: String(event.key),
      ...(isRead ? { read: { value: event.f === "cas" ? from : (end?.value ?? null) } } : {}),
      ...(event.f === "read" ? {} : { write: { value: to } }),
      crashed,
      row,
    });
  };
  for (const event of events) {
    const process = event.process as number;
    if (event.type === "invoke") open.set(process, { event, row: rows++ });
    else close(process, event);
  }
  for (const process of [...open.keys()]) close(process, undefined);
  return found.sort((a, b) => a.row - b.row).map((operation, id) => ({ ...operation, id }));
}

/** Whether the first comes before the second in its session. */
export function isEarlier(a: SessionOperation, b: SessionOperation): boolean {
  return a.process === b.process && a.row < b.row && !a.crashed;
}

/** Every choice of crashed operations that took effect, together with all that completed. */
export function* choicesOfCrashed(operations: readonly SessionOperation[]): Generator<SessionOperation[]> {
  const crashed = operations.filter((operation) => operation.crashed);
  for (let chosen = 0; chosen < 1 << crashed.length; chosen++) {
    yield operations.filter(
      (operation) => !operation.crashed || (chosen & (1 << crashed.indexOf(operation))) !== 0,
    );
  }
}

/** All orders of some things. */
export function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [at, first] of items.entries()) {
    for (const rest of permutations(items.toSpliced(at, 1))) yield [first, ...rest];
  }
}
