import { NS_PER_MS } from "../../harness/clock/index.ts";
import type { Shown } from "./attempts.ts";
import { withParts } from "./flatten.ts";
import type { Pass } from "./pass.ts";
import type { ScriptedPlan } from "./size.ts";

const CHANCES = 8;
/** Gaps below this are no wait that anybody would notice in the story. */
const LEAST_GAP_NS = 20 * NS_PER_MS;
/** To what part of itself a gap is closed, the boldest first. */
const PARTS = [0, 1 / 8, 1 / 2] as const;
const GRAINS_NS = [100 * NS_PER_MS, 10 * NS_PER_MS, NS_PER_MS] as const;

/** Closes the gaps between the things that are to happen, the widest first, then makes their times round numbers. */
export const simplifyTimes: Pass = async (shown, attempts) =>
  round(await closeGaps(shown, attempts), attempts);

const closeGaps: Pass = async (shown, attempts) => {
  let best: Shown<ScriptedPlan> = shown;
  const tried = new Set<number>();
  for (;;) {
    const instants = instantsOf(best.plan);
    const gaps = instants
      .map((endNs, at) => ({ endNs, widthNs: endNs - (instants[at - 1] ?? 0) }))
      .filter(({ widthNs }) => widthNs >= LEAST_GAP_NS && !tried.has(widthNs))
      .sort((a, b) => b.widthNs - a.widthNs);
    const [widest] = gaps;
    if (widest === undefined || attempts.spent) return best;
    const { endNs, widthNs } = widest;
    tried.add(widthNs);
    for (const part of PARTS) {
      const cutNs = Math.floor(widthNs * (1 - part));
      const candidate = withTimes(best.plan, (timeNs) => (timeNs >= endNs ? timeNs - cutNs : timeNs));
      const smaller = await attempts.shows(candidate, CHANCES);
      if (smaller === undefined) continue;
      best = smaller;
      break;
    }
  }
};

const round: Pass = async (shown, attempts) => {
  for (const grainNs of GRAINS_NS) {
    const rounded = withTimes(shown.plan, (timeNs) => Math.round(timeNs / grainNs) * grainNs);
    const simpler = await attempts.shows(rounded, CHANCES);
    if (simpler !== undefined) return simpler;
  }
  return shown;
};

/** When anything is to happen, each instant once. */
function instantsOf({ schedule, script }: ScriptedPlan): readonly number[] {
  const times = [...schedule, ...script.operations].map(({ timeNs }) => timeNs);
  return [...new Set(times)].sort((a, b) => a - b);
}

function withTimes(plan: ScriptedPlan, moved: (timeNs: number) => number): ScriptedPlan {
  return withParts(plan, {
    operations: plan.script.operations.map((each) => ({ ...each, timeNs: moved(each.timeNs) })),
    schedule: plan.schedule.map((step) => ({ ...step, timeNs: moved(step.timeNs) })),
  });
}
