import { Random } from "../../harness/clock/index.ts";
import { MemoryRecorder } from "../../harness/history/recorder.ts";
import { run } from "../../harness/run/run.ts";
import { StopRequest } from "../../harness/run/stop-request.ts";
import { injector } from "../../nemesis/index.ts";
import type { Verdict } from "../../results/verdict.ts";
import { expectationsOf } from "../expectations.ts";
import { judge } from "../judge.ts";
import { planRun } from "../plan-run.ts";
import { defaultRunOptions, type RunOptions } from "../run-options.ts";

/** Simulates one run in memory, as `assay run` would, and judges it. */
export async function judgeSeed(seed: number, given: Partial<RunOptions>): Promise<Verdict> {
  const options = defaultRunOptions({ nemesis: "partition,kill,pause", ...given, seed });
  const plan = planRun("reference-store", options, seed);
  const recorder = new MemoryRecorder();
  const outcome = await run({
    ...plan,
    runId: `seed-${seed}`,
    injector: (cluster) => injector(cluster, plan.faults),
    random: new Random(seed).stream("run"),
    recorder,
    reporter: {},
    stop: new StopRequest(),
  });
  return judge(recorder.history(), {
    model: plan.workload.model,
    consistency: plan.consistency,
    meaning: {},
    budget: { timeMs: 60_000, memoryBytes: 2 ** 30 },
    allKeys: options.allKeys,
    workers: 1,
    expectations: expectationsOf({
      workload: plan.workload.name,
      workloadOptions: plan.workloadOptions,
      faults: plan.faults.map(({ fault, variants }) => ({ kind: fault.name, variants })),
      end: { interrupted: outcome.interrupted, environmentProblem: null },
    }),
    waived: plan.waived,
    interrupted: outcome.interrupted,
    environmentProblem: null,
    warnings: [],
  });
}
