import type { Random } from "../../harness/clock/random.ts";
import type { Reductions } from "../linearizable/reductions.ts";

/** The search by the definition alone. */
export const ALL_OFF: Reductions = {
  pureAtOnce: false,
  earliestTwin: false,
  dominance: false,
  coveredWrites: false,
  pulledBack: false,
  localRefutation: false,
  strategy: "depth",
};

/** Any combination. */
export function randomReductions(random: Random): Reductions {
  const flip = () => random.chance(0.5);
  return {
    pureAtOnce: flip(),
    earliestTwin: flip(),
    dominance: flip(),
    coveredWrites: flip(),
    pulledBack: flip(),
    localRefutation: flip(),
    strategy: random.pick(["depth", "breadth", "both"] as const),
  };
}
