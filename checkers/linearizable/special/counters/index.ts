import type { SpecialChecker } from "../special-checker.ts";
import { counterLevels } from "./counter-levels.ts";
import { counterSums } from "./counter-sums.ts";
import { distinctIds } from "./distinct-ids.ts";

/** Counters and unique identifiers. Cost: O(n log n). */
export const counters: readonly SpecialChecker[] = [counterLevels, counterSums, distinctIds];
