import { formatSeconds } from "../../harness/clock/index.ts";
import type { RunPlan } from "../plan-run.ts";
import { faultsOf } from "./faults.ts";

/** How large a run is, by what makes it hard to read. */
export interface RunSize {
  /** Of clients, beside the workload's final reads. */
  readonly operations: number;
  /** Whether the workload's final reads follow. */
  readonly recovery: boolean;
  readonly faults: number;
  readonly nodes: number;
  readonly clients: number;
  readonly keys: number;
  /** From the start to the last thing that is to happen. */
  readonly durationNs: number;
}

/** A run whose load is recorded. */
export type ScriptedPlan = RunPlan & { readonly script: NonNullable<RunPlan["script"]> };

export function sizeOf({ script: { operations, recovery }, schedule, nodes }: ScriptedPlan): RunSize {
  return {
    operations: operations.length,
    recovery,
    faults: faultsOf(schedule).length,
    nodes: nodes.length,
    clients: new Set(operations.map(({ thread }) => thread)).size,
    keys: new Set(operations.map(({ key }) => key)).size,
    durationNs: Math.max(0, ...[...operations, ...schedule].map(({ timeNs }) => timeNs)),
  };
}

/** `4 operations of 2 clients on one key, 1 fault, 3 nodes, 0.420 s` */
export function describeSize({
  operations,
  recovery,
  clients,
  keys,
  faults,
  nodes,
  durationNs,
}: RunSize): string {
  const of = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
  const finalReads = recovery ? " and the final reads" : "";
  return `${of(operations, "operation")}${finalReads} of ${of(clients, "client")} on ${of(keys, "key")}, ${of(faults, "fault")}, ${of(nodes, "node")}, ${formatSeconds(durationNs)}`;
}

/** What is to become small first: a fault takes more reading than an operation. */
export function weight({ operations, faults }: RunSize): number {
  return operations + 2 * faults;
}
