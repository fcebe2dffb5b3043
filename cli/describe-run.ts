import { gitState, type Manifest, type ScriptNote } from "../results/manifest.ts";
import type { Surroundings } from "./command.ts";
import type { RunPlan } from "./plan-run.ts";
import { makeRunId } from "./run-id.ts";
import { assayVersion } from "./version.ts";

/** The manifest of a run that has not ended. `planOf` makes the plan from it again. */
export async function describeRun(
  plan: RunPlan,
  startedAt: Date,
  { argv, cwd }: Pick<Surroundings, "argv" | "cwd">,
): Promise<Manifest> {
  return {
    schema: 1,
    runId: makeRunId(startedAt, plan.seed, process.pid),
    startedAt: startedAt.toISOString(),
    command: argv,
    ...describePlan(plan),
    versions: { assay: assayVersion(), node: process.version },
    end: null,
    git: await gitState(cwd),
  };
}

/** What a manifest says of a plan, and all that is needed to make it again. */
export function describePlan(
  plan: RunPlan,
): Omit<Manifest, "schema" | "runId" | "startedAt" | "command" | "versions" | "end" | "git"> {
  return {
    seed: plan.seed,
    target: plan.target.name,
    environment: plan.target.environment,
    targetOptions: plan.targetOptions,
    workload: plan.workload.name,
    workloadOptions: plan.workloadOptions,
    model: plan.workload.model,
    consistency: plan.consistency,
    ...(plan.maxStaleness === undefined ? {} : { maxStaleness: plan.maxStaleness }),
    nodes: plan.nodes,
    concurrency: plan.concurrency,
    rateHz: plan.rateHz,
    burst: plan.burst,
    timeLimitNs: plan.timeLimitNs,
    recoveryLimitNs: plan.recoveryLimitNs,
    opTimeoutNs: plan.opTimeoutNs,
    faults: faultKindsOf(plan),
    schedule: plan.schedule,
    ...(plan.script === undefined ? {} : { script: scriptNote(plan.script) }),
    waived: [...plan.waived],
  };
}

/** The kinds of fault that a plan asks for, as they stand in manifests. */
export function faultKindsOf({ faults }: Pick<RunPlan, "faults">): Manifest["faults"] {
  return faults.map(({ fault, variants }) => ({ kind: fault.name, variants }));
}

/** What a manifest says of a recorded load. */
export function scriptNote({ operations, recovery }: NonNullable<RunPlan["script"]>): ScriptNote {
  return { operations: operations.length, kinds: [...new Set(operations.map(({ f }) => f))], recovery };
}
