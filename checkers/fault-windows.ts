import { type History, type Json, NEMESIS, type Operation } from "../harness/history/index.ts";
import { FINAL_HEAL } from "../harness/ports/nemesis.ts";

/** When a fault was, as far as the history tells. */
interface FaultWindow {
  /** The event that invoked the injection. */
  readonly startIndex: number;
  /**
   * The event that completed the undo, or the final heal; where there is neither, the last event. That of the injection
   * where the fault is over in a moment.
   */
  readonly endIndex: number;
  readonly startTimeNs: number;
  readonly endTimeNs: number;
  /**
   * The events between which it was in force for certain: after the injection, before anybody began to take it back.
   * Where the fault is over in a moment, from the invocation of the injection to its completion.
   */
  readonly inForceFromIndex: number;
  readonly inForceToIndex: number;
}

/** One fault of the run, read from the operations of the nemesis. */
export interface InjectedFault {
  /** The number that its injection and its undo share. */
  readonly fault: number;
  readonly kind: string;
  /** Whether it was over when it was done, as a change of leaders is: it has no undo. */
  readonly momentary?: true;
  readonly window: FaultWindow;
  /** Whether the injection ended in `fail`; the fault then was none. */
  readonly failed: boolean;
  /** Whether a probe saw it work: at the injection, at the undo or at the final heal. */
  readonly effective: boolean;
  /** What the probes saw, and the error of an injection or undo that failed. */
  readonly details: readonly string[];
}

interface Probe {
  readonly effective: boolean;
  readonly detail: string;
}

interface OpenFault {
  readonly fault: number;
  readonly kind: string;
  readonly momentary: boolean;
  readonly injection: Operation;
  readonly probes: Probe[];
  end: { index: number; timeNs: number } | undefined;
  /** The event at which somebody first tried to take it back. */
  undoIndex: number | undefined;
}

/**
 * The faults of a history, in the order of their injections. An injection and its undo are the operations of the nemesis whose
 * values name the same `fault`; the first of them injects. An undo that failed leaves its window open.
 *
 * Cost: O(n), and O(faults) for each final heal.
 */
export function injectedFaults(history: History): InjectedFault[] {
  const faults = new Map<number, OpenFault>();
  let lastTimeNs = 0;
  for (let id = 0; id < history.length; id++) {
    lastTimeNs = Math.max(lastTimeNs, lastTimeOf(history, id));
    if (history.columns.process[id] !== NEMESIS) continue;
    const operation = history.operation(id);
    if (operation.f === FINAL_HEAL) endAll(faults.values(), operation);
    else noteFault(faults, operation);
  }
  const lastEvent = { index: history.eventCount - 1, timeNs: lastTimeNs };
  return [...faults.values()].map((fault) => finish(fault, lastEvent));
}

function lastTimeOf({ columns }: History, id: number): number {
  return Math.max(columns.invokeTimeNs[id] as number, columns.completeTimeNs[id] as number);
}

function noteFault(faults: Map<number, OpenFault>, operation: Operation): void {
  const number = member(operation.input, "fault");
  if (typeof number !== "number") return;
  const known = faults.get(number);
  if (known === undefined) {
    const kind = member(operation.input, "kind");
    const momentary = member(operation.input, "momentary") === true;
    faults.set(number, {
      fault: number,
      kind: typeof kind === "string" ? kind : operation.f,
      momentary,
      injection: operation,
      probes: probesOf(operation, member(operation.output ?? null, "effect")),
      end: momentary && operation.completeIndex !== undefined ? endOf(operation) : undefined,
      undoIndex: undefined,
    });
    return;
  }
  if (known.end !== undefined || operation.f === known.injection.f) return;
  known.undoIndex ??= operation.invokeIndex;
  known.probes.push(...probesOf(operation, member(operation.output ?? null, "effect")));
  if (operation.type === "ok") known.end = endOf(operation);
}

/** The final heal takes back every fault at once; its probes are one for each kind. */
function endAll(faults: Iterable<OpenFault>, heal: Operation): void {
  const effects = member(heal.output ?? null, "effects");
  for (const fault of faults) {
    if (fault.end !== undefined) continue;
    fault.undoIndex ??= heal.invokeIndex;
    fault.probes.push(...probesOf(heal, member(effects, fault.kind)));
    if (heal.type === "ok") fault.end = endOf(heal);
  }
}

function endOf({ completeIndex = 0, completeTimeNs = 0 }: Operation): { index: number; timeNs: number } {
  return { index: completeIndex, timeNs: completeTimeNs };
}

function probesOf({ type, f, error }: Operation, effect: Json | undefined): Probe[] {
  if (type === "fail") {
    return [{ effective: false, detail: `${f} failed: ${error?.message ?? "no error given"}` }];
  }
  const effective = member(effect, "effective");
  if (type !== "ok" || typeof effective !== "boolean") return [];
  const detail = member(effect, "detail");
  return [{ effective, detail: typeof detail === "string" ? detail : "" }];
}

function finish(fault: OpenFault, lastEvent: { index: number; timeNs: number }): InjectedFault {
  const { injection, probes, end = lastEvent } = fault;
  const failed = injection.type === "fail";
  return {
    fault: fault.fault,
    kind: fault.kind,
    ...(fault.momentary ? { momentary: true } : {}),
    window: {
      startIndex: injection.invokeIndex,
      endIndex: end.index,
      startTimeNs: injection.invokeTimeNs,
      endTimeNs: end.timeNs,
      inForceFromIndex: fault.momentary ? injection.invokeIndex : (injection.completeIndex ?? end.index),
      inForceToIndex: fault.undoIndex ?? end.index,
    },
    failed,
    effective: !failed && probes.some((probe) => probe.effective),
    details: probes.map((probe) => probe.detail).filter((detail) => detail !== ""),
  };
}

/** A member of an object; nothing where there is none. */
function member(value: Json | undefined, name: string): Json | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? (value as { readonly [name: string]: Json })[name] : undefined;
}
