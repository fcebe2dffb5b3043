import type { Random } from "../../harness/clock/random.ts";

/**
 * One latency in whole nanoseconds, exponential around `meanNs`: most are short, a few are many times the mean, so
 * that what is sent later often arrives earlier.
 */
export function latencyNs(random: Random, meanNs: number): number {
  return Math.round(random.exponential(meanNs));
}
