import { formatEvent, type History, MemoryRecorder } from "../harness/history/index.ts";
import type { Budget, Reporter, RunObserver, TraceEvent } from "../harness/ports/index.ts";
import { type RunOutcome, run } from "../harness/run/run.ts";
import { StopRequest } from "../harness/run/stop-request.ts";
import { injector } from "../nemesis/index.ts";
import type { Verdict } from "../results/verdict.ts";
import { faultKindsOf, scriptNote } from "./describe-run.ts";
import { asReason } from "./environment-problem.ts";
import { expectationsOf } from "./expectations.ts";
import { judge } from "./judge.ts";
import type { RunPlan } from "./plan-run.ts";

/** What a run in memory is watched and judged with. */
export interface SimulationSettings {
  /** Whether the bytes of the history are kept. Default false. */
  readonly text?: boolean;
  /** Whether every message is kept. Default false: there are thousands. */
  readonly trace?: boolean;
  /** Where the nodes' logs are kept; nowhere by default. */
  readonly logsFolder?: string;
  /** What judging may cost. Default {@link SIMULATION_BUDGET}. */
  readonly budget?: Budget;
  /** Whether every key is judged, though one is known to be invalid. Default false. */
  readonly allKeys?: boolean;
}

/** A simulated run, over and judged. */
export interface SimulatedRun {
  readonly history: History;
  /** The history as `history.jsonl` would hold it; empty unless it was asked for. */
  readonly text: string;
  readonly outcome: RunOutcome;
  readonly verdict: Verdict;
  /** The states that nodes were seen in, in the protocol's own words. */
  readonly covered: ReadonlySet<string>;
  /** Empty unless it was asked for. */
  readonly trace: readonly TraceEvent[];
}

/** What judging one simulated run may cost. */
const SIMULATION_BUDGET: Budget = { timeMs: 60_000, memoryBytes: 2 ** 30 };

/**
 * Carries out a plan for a simulated target in memory, and judges it, as `assay run` would: the same plan gives the
 * same history. Nothing is written but logs, where they are asked for. Cost: some 10 ms for 300 operations on five nodes of raft.
 *
 * Errors: those of the run and of judging, such as a BugError from within a protocol.
 */
export async function simulateRun(plan: RunPlan, settings: SimulationSettings = {}): Promise<SimulatedRun> {
  const { text: kept = false, trace: traced = false, budget = SIMULATION_BUDGET, allKeys = false } = settings;
  const recorder = new MemoryRecorder();
  const covered = new Set<string>();
  const trace: TraceEvent[] = [];
  let text = "";
  const reporter: Reporter = {
    onEvent(event) {
      text += formatEvent(event);
    },
  };
  const observer: RunObserver = {
    covered: (state) => covered.add(state),
    ...(traced ? { trace: (event: TraceEvent) => trace.push(event) } : {}),
  };
  const outcome = await run({
    ...plan,
    runId: `seed-${plan.seed}`,
    injector: (cluster) => injector(cluster, plan.faults),
    random: plan.random.stream("run"),
    recorder,
    reporter: kept ? reporter : {},
    stop: new StopRequest(),
    observer,
    ...(settings.logsFolder === undefined ? {} : { logsFolder: settings.logsFolder }),
  });
  const history = recorder.history();
  const environmentProblem = asReason(outcome.environmentError);
  const verdict = await judge(history, {
    model: plan.workload.model,
    consistency: plan.consistency,
    meaning: {},
    ...(plan.maxStaleness === undefined ? {} : { maxStaleness: plan.maxStaleness }),
    budget,
    allKeys,
    workers: 1,
    expectations: expectationsOf({
      workload: plan.workload.name,
      workloadOptions: plan.workloadOptions,
      faults: faultKindsOf(plan),
      ...(plan.script === undefined ? {} : { script: scriptNote(plan.script) }),
      end: { interrupted: outcome.interrupted, environmentProblem },
    }),
    waived: plan.waived,
    interrupted: outcome.interrupted,
    environmentProblem,
    warnings: outcome.warnings,
  });
  return { history, text, outcome, verdict, covered, trace };
}
