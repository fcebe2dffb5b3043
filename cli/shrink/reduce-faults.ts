import type { Json } from "../../harness/history/index.ts";
import type { Shown } from "./attempts.ts";
import { ddmin } from "./ddmin.ts";
import { faultsOf, type ScheduledFault, scheduleOf } from "./faults.ts";
import { withParts } from "./flatten.ts";
import { chancesFor, type Pass } from "./pass.ts";
import type { ScriptedPlan } from "./size.ts";

/** Leaves out faults that the anomaly does without, then the ends of those that need none, then whom they strike. */
export const reduceFaults: Pass = async (shown, attempts) => {
  let best: Shown<ScriptedPlan> = shown;
  const holds = async (faults: readonly ScheduledFault[]): Promise<boolean> => {
    const candidate = withParts(best.plan, { schedule: scheduleOf(faults) });
    const smaller = await attempts.shows(candidate, chancesFor(candidate));
    if (smaller !== undefined) best = smaller;
    return smaller !== undefined;
  };
  if (shown.plan.schedule.length > 0 && !(await holds([]))) await ddmin(faultsOf(shown.plan.schedule), holds);
  const replaced = async (at: number, fault: ScheduledFault): Promise<boolean> =>
    holds(faultsOf(best.plan.schedule).with(at, fault));
  for (let at = 0; at < faultsOf(best.plan.schedule).length; at++) {
    const fault = faultsOf(best.plan.schedule)[at] as ScheduledFault;
    if (fault.undo !== undefined) await replaced(at, { ...fault, undo: undefined });
    for (const plan of lesserPlans(fault.inject.value.plan)) {
      const { inject, undo } = faultsOf(best.plan.schedule)[at] as ScheduledFault;
      if (!isLesser(plan, inject.value.plan)) continue;
      const value = { ...inject.value, plan };
      await replaced(at, {
        inject: { ...inject, value },
        undo: undo === undefined ? undefined : { ...undo, value },
      });
    }
  }
  return best;
};

type Plan = { readonly [name: string]: Json };

/** The plan of a fault that strikes one node less, or drops one link less, in every way. */
function lesserPlans(plan: Json): readonly Json[] {
  if (plan === null || typeof plan !== "object" || Array.isArray(plan)) return [];
  return Object.entries(plan as Plan).flatMap(([name, part]) =>
    lesserParts(part).map((lesser) => ({ ...(plan as Plan), [name]: lesser })),
  );
}

function lesserParts(part: Json): readonly Json[] {
  if (Array.isArray(part)) return part.length < 2 ? [] : part.map((_, at) => part.toSpliced(at, 1));
  if (part === null || typeof part !== "object") return [];
  const entries = Object.entries(part);
  if (entries.length < 2) return [];
  return entries.map((_, at) => Object.fromEntries(entries.toSpliced(at, 1)));
}

/** Once one plan was taken, others that leave out less of the first one are no longer smaller. */
function isLesser(plan: Json, than: Json): boolean {
  return JSON.stringify(plan).length < JSON.stringify(than).length;
}
