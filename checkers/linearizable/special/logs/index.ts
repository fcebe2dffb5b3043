import type { SpecialChecker } from "../special-checker.ts";
import { logOffsets } from "./log-offsets.ts";

/** Append-only logs. Cost: O(n log n), and linear in the size of the answers. */
export const logs: readonly SpecialChecker[] = [logOffsets];
