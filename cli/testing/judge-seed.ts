import type { Verdict } from "../../results/verdict.ts";
import { planRun } from "../plan-run.ts";
import { defaultRunOptions, type RunOptions } from "../run-options.ts";
import { simulateRun } from "../simulate-run.ts";

/** Simulates one run of the reference store in memory, under every fault unless told otherwise, and judges it. */
export async function judgeSeed(seed: number, given: Partial<RunOptions>): Promise<Verdict> {
  const options = defaultRunOptions({ nemesis: "partition,kill,pause", ...given, seed });
  const { verdict } = await simulateRun(planRun("reference-store", options, seed), {
    allKeys: options.allKeys,
  });
  return verdict;
}
