import type { Random } from "../../harness/clock/random.ts";

/** A wait doubles this often at most. */
const MOST_DOUBLINGS = 4;

/**
 * How long to wait after so many failures in a row: twice as long after each, to a limit, and half of it by chance, so
 * that those who got in each other's way do not do so again.
 */
export function backoffNs(baseNs: number, failures: number, random: Random): number {
  return ((baseNs * 2 ** Math.min(failures, MOST_DOUBLINGS)) / 2) * (1 + random.float());
}
