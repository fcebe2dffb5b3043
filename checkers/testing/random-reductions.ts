import type { Random } from "../../harness/clock/random.ts";
import type { Reductions } from "../linearizable/search/search.ts";

/** The search as its definition says, without any reduction. */
export const NO_REDUCTIONS: Reductions = {
  pureAtOnce: false,
  earliestTwin: false,
  dominance: false,
  coveredWrites: false,
  pulledBack: false,
  localRefutation: false,
  strategy: "depth",
};

/** Each reduction on or off by chance, and any strategy. */
export function randomReductions(random: Random): Reductions {
  return {
    pureAtOnce: random.chance(0.5),
    earliestTwin: random.chance(0.5),
    dominance: random.chance(0.5),
    coveredWrites: random.chance(0.5),
    pulledBack: random.chance(0.5),
    localRefutation: random.chance(0.5),
    strategy: random.pick(["depth", "breadth", "both"]),
  };
}
