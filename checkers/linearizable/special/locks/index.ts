import type { SpecialChecker } from "../special-checker.ts";
import { fencingTokens } from "./fencing-tokens.ts";
import { ownerZones } from "./owner-zones.ts";
import { permits } from "./permits.ts";

/** Mutexes, semaphores and locks with owners or tokens. Cost: O(n log n). */
export const locks: readonly SpecialChecker[] = [permits, ownerZones, fencingTokens];
