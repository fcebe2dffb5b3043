import { NS_PER_US } from "../../harness/clock/duration.ts";
import type { Random } from "../../harness/clock/random.ts";

/**
 * One latency in whole nanoseconds, exponential around `meanNs`: most are short, a few are many times the mean, so
 * that what is sent later often arrives earlier.
 */
export function latencyNs(random: Random, meanNs: number): number {
  return Math.round(random.exponential(meanNs));
}

/**
 * The same between a client and its node, and never less than 1 µs: clients that ask again as soon as they are
 * answered would stop simulated time.
 */
export function clientLatencyNs(random: Random, meanNs: number): number {
  return Math.max(NS_PER_US, latencyNs(random, meanNs));
}
