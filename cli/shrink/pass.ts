import type { Attempts, Shown } from "./attempts.ts";
import type { ScriptedPlan } from "./size.ts";

/** A smaller run that has the anomaly, or the same one where there is none to be found. */
export type Pass = (shown: Shown<ScriptedPlan>, attempts: Attempts) => Promise<Shown<ScriptedPlan>>;

/** How many chances a candidate gets: the smaller a run is, the less a try costs and the more hangs on chance. */
export function chancesFor({ script: { operations } }: ScriptedPlan): number {
  const count = operations.length;
  if (count > 60) return 1;
  return count > 25 ? 3 : count > 12 ? 6 : 16;
}
