import type { OptionValues } from "../../harness/ports/index.ts";
import type { Shown } from "./attempts.ts";
import type { Pass } from "./pass.ts";
import type { ScriptedPlan } from "./size.ts";

const CHANCES = 8;
/** What is simplest, where that is not the default: a network that loses and doubles nothing. */
const SIMPLEST: OptionValues = { loss: "0", duplication: "0" };

/** Sets options of the target to what is simplest, then to their defaults, one after the other. */
export const simplifyOptions: Pass = async (shown, attempts) => {
  let best: Shown<ScriptedPlan> = shown;
  const { target, targetOptions } = shown.plan;
  for (const [name, value] of Object.entries(targetOptions)) {
    // What is under test stays what it is.
    if (name === "protocol" || name === "bug" || target.options[name]?.default === "") continue;
    const simplest = SIMPLEST[name] ?? target.options[name]?.default;
    if (simplest === undefined || simplest === value) continue;
    const candidate = {
      ...best.plan,
      targetOptions: { ...best.plan.targetOptions, [name]: simplest },
    };
    best = (await attempts.shows(candidate, CHANCES)) ?? best;
  }
  return best;
};
