import type { Shown } from "./attempts.ts";
import { ddmin } from "./ddmin.ts";
import { withParts } from "./flatten.ts";
import { chancesFor, type Pass } from "./pass.ts";
import type { ScriptedPlan } from "./size.ts";
import { witnessesOf } from "./witness.ts";

/** Chances for the boldest cuts: that the few operations of the witness alone will do is worth a good look. */
const BOLD_CHANCES = 24;

/** Cuts down to what the anomaly speaks of, as far as that shows it: its operations, its keys, its time. */
export const focus: Pass = async (shown, attempts) => {
  const { plan } = shown;
  const { operations: witness, keys, endNs } = witnessesOf(plan, shown.run);
  if (keys.size === 0) return shown;
  const { operations } = plan.script;
  const schedule = plan.schedule.filter(({ timeNs }) => timeNs < endNs);
  const timely = operations.filter(({ timeNs }) => timeNs < endNs);
  const bolder = [
    { operations: operations.filter((each) => witness.has(each)), chances: BOLD_CHANCES },
    { operations: timely.filter(({ key }) => keys.has(key)), chances: chancesFor(plan) + 4 },
    { operations: timely, chances: chancesFor(plan) },
  ];
  for (const { operations: kept, chances } of bolder) {
    if (kept.length === operations.length && schedule.length === plan.schedule.length) continue;
    const smaller = await attempts.shows(withParts(plan, { operations: kept, schedule }), chances);
    if (smaller !== undefined) return smaller;
  }
  return shown;
};

/** Leaves out operations that the anomaly does without. */
export const reduceOperations: Pass = async (shown, attempts) => {
  let best: Shown<ScriptedPlan> = shown;
  await ddmin(shown.plan.script.operations, async (operations) => {
    const candidate = withParts(best.plan, { operations });
    const smaller = await attempts.shows(candidate, chancesFor(candidate));
    if (smaller !== undefined) best = smaller;
    return smaller !== undefined;
  });
  return best;
};
