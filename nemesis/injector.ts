import { EnvironmentError, UsageError } from "../harness/errors.ts";
import type { Json } from "../harness/history/operation.ts";
import {
  type Cluster,
  type Completion,
  type Effect,
  FINAL_HEAL,
  type Invocation,
} from "../harness/ports/index.ts";
import type { FaultRequest } from "./fault-request.ts";

/**
 * Carries out nemesis operations on a cluster: those of a schedule, and the final heal, which takes back every kind
 * that was asked for, also where one of them fails. Refuses before the load starts what the cluster cannot do.
 *
 * Errors: {@link EnvironmentError} `fault-unavailable`; {@link UsageError} `no-primaries`.
 */
export function injector(
  cluster: Cluster,
  requests: readonly FaultRequest[],
): (invocation: Invocation) => Promise<Completion> {
  for (const request of requests) assertOffered(cluster, request);
  return async ({ f, value }) => {
    if (f === FINAL_HEAL) return { type: "ok", value: { effects: await revertAll(cluster, requests) } };
    const effect = await carryOut(cluster, requests, f, (value as { plan: Json }).plan);
    return {
      type: "ok",
      value: { ...(value as { fault: number; kind: string; plan: Json }), effect: { ...effect } },
    };
  };
}

function carryOut(
  cluster: Cluster,
  requests: readonly FaultRequest[],
  f: string,
  plan: Json,
): Promise<Effect> {
  for (const { fault } of requests) {
    if (f === fault.name) return fault.inject(cluster, plan);
    if (f === fault.undo) return fault.revert(cluster);
  }
  throw new UsageError({ code: "unknown-fault", message: `the schedule holds ${f}, which no fault offers` });
}

/** One kind that cannot be taken back must not keep the others in force: all are tried, then the failures told. */
async function revertAll(cluster: Cluster, requests: readonly FaultRequest[]): Promise<Json> {
  const effects: Record<string, Json> = {};
  const failures: Error[] = [];
  const faults = requests.map(({ fault }) => fault);
  const byStore = faults.filter((fault) => fault.undoneByStore);
  for (const fault of [...faults.filter((each) => !each.undoneByStore), ...byStore]) {
    try {
      effects[fault.name] = { ...(await fault.revert(cluster)) };
    } catch (cause) {
      failures.push(new Error(fault.undo, { cause }));
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, "");
  return effects;
}

function assertOffered(cluster: Cluster, { fault, variants }: FaultRequest): void {
  const capability = cluster.capabilities[fault.capability];
  if ("unavailable" in capability) {
    throw new EnvironmentError({
      code: "fault-unavailable",
      message: `the fault ${fault.name} cannot be injected: ${capability.unavailable}`,
      hint: capability.hint,
    });
  }
  if (variants.includes("primary") && cluster.primaries === undefined) {
    throw new UsageError({
      code: "no-primaries",
      message: `${fault.name}:primary cannot be injected: this target does not tell its primaries`,
      hint: `use another variant: ${Object.keys(fault.variants).join(", ")}`,
    });
  }
}
