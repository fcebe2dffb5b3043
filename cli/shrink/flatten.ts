import type { ScriptedOperation } from "../../harness/generator/index.ts";
import type { History } from "../../harness/history/index.ts";
import type { FaultSchedule } from "../../harness/ports/index.ts";
import type { RunPlan } from "../plan-run.ts";
import { recordedOperations } from "../script-of-history.ts";
import type { Attempts, Shown } from "./attempts.ts";
import { endedAt } from "./faults.ts";
import type { ScriptedPlan } from "./size.ts";

/**
 * A run as a script that shows its anomaly; none where neither form of it does.
 *
 * Without phases, if that will do: the final reads in one row with the load. An anomaly that is one only once everything
 * is healed and the store had its time (nodes that never come to agree) needs the workload's recovery as it is; a
 * shorter one would accuse stores that do nothing wrong.
 */
export async function asScript<Plan extends RunPlan>(
  { plan, run }: Shown<Plan>,
  attempts: Attempts,
): Promise<Shown<ScriptedPlan> | undefined> {
  const flat = await attempts.shows(flatten(plan, run.history), CHANCES);
  return flat ?? attempts.shows(withRecovery(plan, run.history), CHANCES);
}

const CHANCES = 3;

/** A run without phases: the operations of the load and the final reads in one row, every fault with its own end. */
export function flatten(plan: RunPlan, history: History): ScriptedPlan {
  if (plan.script?.recovery === false) return withTimes({ ...plan, script: plan.script });
  const { load, recovery, healNs } = recordedOperations(history, plan.concurrency);
  const undoOf = (kind: string) => plan.faults.find(({ fault }) => fault.name === kind)?.fault.undo ?? kind;
  const schedule = healNs === undefined ? plan.schedule : endedAt(plan.schedule, healNs, undoOf);
  const operations = [...(plan.script?.operations ?? load), ...recovery];
  return withTimes({ ...plan, schedule, script: { operations, recovery: false } });
}

/** A run with its load as a script, and the recovery as the workload has it. */
function withRecovery(plan: RunPlan, history: History): ScriptedPlan {
  const { load } = recordedOperations(history, plan.concurrency);
  const operations = plan.script?.operations ?? load;
  return withTimes({ ...plan, script: { operations, recovery: true } });
}

/** The plan with other operations and faults, lasting as long as they need, and asking for no fault that has no part. */
export function withParts(
  plan: ScriptedPlan,
  {
    operations = plan.script.operations,
    schedule = plan.schedule,
  }: { readonly operations?: readonly ScriptedOperation[]; readonly schedule?: FaultSchedule },
): ScriptedPlan {
  return withTimes({ ...plan, schedule, script: { ...plan.script, operations } });
}

function withTimes(plan: ScriptedPlan): ScriptedPlan {
  const { schedule, script } = plan;
  const lastNs = Math.max(0, ...[...schedule, ...script.operations].map(({ timeNs }) => timeNs));
  const kinds = new Set(schedule.map(({ value }) => value.kind));
  return {
    ...plan,
    timeLimitNs: lastNs + 1,
    faults: plan.faults.filter(({ fault }) => kinds.has(fault.name)),
  };
}
