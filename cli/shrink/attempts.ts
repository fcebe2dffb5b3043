import { Random } from "../../harness/clock/index.ts";
import type { Budget } from "../../harness/ports/index.ts";
import { kindsOfAnomaly } from "../hunt/seed-outcome.ts";
import type { RunPlan } from "../plan-run.ts";
import { type SimulatedRun, simulateRun } from "../simulate-run.ts";

/** A plan that has the anomaly, and what it came to. */
export interface Shown<Plan extends RunPlan> {
  readonly plan: Plan;
  readonly run: SimulatedRun;
}

export interface AttemptsSetup {
  /** What must stay: a kind of anomaly as `kindsOfAnomaly` names it. */
  readonly anomaly: string;
  /** How many runs there may be. */
  readonly budget: number;
  /** Whether time is up, or somebody wants it to end. */
  readonly over: () => boolean;
  readonly onRun?: (runs: number) => void;
}

/** A small run is judged at once; one that is not is no smaller run. */
const JUDGING: Budget = { timeMs: 5_000, memoryBytes: 2 ** 28 };

/** Runs of candidates, counted against a budget. */
export class Attempts {
  readonly #setup: AttemptsSetup;
  #runs = 0;

  constructor(setup: AttemptsSetup) {
    this.#setup = setup;
  }

  get runs(): number {
    return this.#runs;
  }

  get spent(): boolean {
    return this.#runs >= this.#setup.budget || this.#setup.over();
  }

  /**
   * The plan with a seed for which the anomaly shows; none where that was not found, or the budget is spent. A
   * candidate that lacks an operation is another run for the network too, and what it shows may take another chance:
   * up to `seeds` of them are tried, the plan's own first.
   */
  async shows<Plan extends RunPlan>(plan: Plan, seeds = 1): Promise<Shown<Plan> | undefined> {
    for (let attempt = 0; attempt < seeds && !this.spent; attempt++) {
      const candidate = attempt === 0 ? plan : withSeed(plan, plan.seed + attempt);
      this.#runs++;
      const run = await simulateRun(candidate, { budget: JUDGING });
      this.#setup.onRun?.(this.#runs);
      if (kindsOfAnomaly(run.verdict).includes(this.#setup.anomaly)) return { plan: candidate, run };
    }
    return undefined;
  }
}

/** The same plan with other chance; its faults and a recorded load stay as they are. */
export function withSeed<Plan extends RunPlan>(plan: Plan, seed: number): Plan {
  return { ...plan, seed, random: new Random(seed) };
}
