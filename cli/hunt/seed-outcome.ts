import { AssayError, BugError } from "../../harness/errors.ts";
import type { Validity } from "../../harness/ports/index.ts";
import type { RunPlan } from "../plan-run.ts";
import { type SimulatedRun, simulateRun } from "../simulate-run.ts";
import { drawRun } from "./draw-run.ts";
import { faultCombinations } from "./fault-combinations.ts";
import type { HuntSpec } from "./hunt-spec.ts";

/** What one seed of a hunt came to. Plain data: it travels between threads. */
export interface SeedOutcome {
  readonly seed: number;
  readonly validity: Validity;
  /** What was judged. */
  readonly consistency: string;
  /** The kinds of anomaly, each once: `linearizable: nonlinearizable`. */
  readonly anomalies: readonly string[];
  /** Why it came out unknown, by code. */
  readonly reasons: readonly string[];
  readonly operations: number;
  /** Whether any operation of the load ended in ok. */
  readonly answered: boolean;
  readonly simulatedNs: number;
  /** The states that nodes were seen in, in the protocol's own words. */
  readonly states: readonly string[];
  /** The faults that were in force together. */
  readonly combinations: readonly string[];
  /** How many faults of each kind had an effect. */
  readonly effects: Readonly<Record<string, number>>;
}

/**
 * Runs one seed of a hunt. Errors: UsageError where no run can be planned; BugError `hunt-seed-failed` with the seed
 * for whatever breaks in it.
 */
export async function runSeed(spec: HuntSpec, seed: number): Promise<SeedOutcome> {
  const plan = drawRun(spec, seed);
  return outcomeOf(seed, plan, await simulated(plan, seed));
}

async function simulated(plan: RunPlan, seed: number): Promise<SimulatedRun> {
  try {
    return await simulateRun(plan);
  } catch (error) {
    // What the user got wrong is wrong with every seed.
    if (error instanceof AssayError && !(error instanceof BugError)) throw error;
    throw new BugError({
      code: "hunt-seed-failed",
      message: `seed ${seed} of the hunt broke`,
      cause: error,
    });
  }
}

function outcomeOf(seed: number, plan: RunPlan, { verdict, covered, outcome }: SimulatedRun): SeedOutcome {
  const effects: Record<string, number> = {};
  for (const { kind, effective } of verdict.evidence?.faults ?? []) {
    if (effective) effects[kind] = (effects[kind] ?? 0) + 1;
  }
  return {
    seed,
    validity: verdict.validity,
    consistency: verdict.consistency,
    anomalies: kindsOfAnomaly(verdict),
    reasons:
      verdict.validity === "unknown"
        ? [...new Set(verdict.checks.flatMap(({ reasons }) => reasons.map(({ code }) => code)))]
        : [],
    operations: verdict.history.operations,
    answered: verdict.stats.load.total.ok > 0,
    simulatedNs: outcome.endNs,
    states: [...covered].sort(),
    combinations: faultCombinations(plan.schedule),
    effects,
  };
}

/** The kinds of anomaly in a verdict, each with the checker that found it, each once: `linearizable: nonlinearizable`. */
export function kindsOfAnomaly({ checks }: SimulatedRun["verdict"]): readonly string[] {
  return [
    ...new Set(
      checks.flatMap(({ checker, anomalies }) => anomalies.map(({ type }) => `${checker}: ${type}`)),
    ),
  ];
}
