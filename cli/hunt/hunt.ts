import { type HuntState, withOutcome } from "./hunt-state.ts";
import type { SeedOutcome } from "./seed-outcome.ts";

/** Runs seeds, one at a time. */
export interface SeedRunner {
  run(seed: number): Promise<SeedOutcome>;
  close(): Promise<void>;
}

export interface HuntSetup {
  readonly runners: readonly SeedRunner[];
  /** A monotonic clock in milliseconds. */
  readonly nowMs: () => number;
  /** For how long seeds are begun. */
  readonly timeMs: number;
  /** Whether somebody wants it to end. */
  readonly stopped: () => boolean;
  /** Called after each seed, in order of seeds, before the next is taken in. */
  readonly onSeed: (state: HuntState, outcome: SeedOutcome) => Promise<void>;
}

/**
 * Runs the seeds of a hunt that are not done yet, in order, on all runners at the same time. Ends at the first
 * violation, unless it is to keep going; when all seeds are done; when time is up; or when it is asked to.
 *
 * Outcomes are taken in without a gap: that of a seed waits until those of all lower ones are in. So the violation
 * that ends the hunt is the lowest, and what stands in the state does not depend on the number of runners. Seeds that
 * were begun beyond it are forgotten.
 *
 * Errors: whatever a runner throws, for the lowest seed first.
 */
export async function hunt(begun: HuntState, setup: HuntSetup): Promise<HuntState> {
  const { runners, nowMs, timeMs, stopped, onSeed } = setup;
  const startMs = nowMs();
  const endSeed = begun.firstSeed + begun.seeds;
  let state = begun;
  let nextSeed = begun.firstSeed + begun.done;
  let over = endsHunt(begun);
  const underWay = new Map<number, Promise<SeedOutcome>>();
  const idle = [...runners];

  const deal = (): void => {
    while (idle.length > 0 && nextSeed < endSeed && !over && !stopped() && nowMs() - startMs < timeMs) {
      const runner = idle.pop() as SeedRunner;
      const outcome = runner.run(nextSeed);
      underWay.set(nextSeed++, outcome);
      outcome.then(
        () => {
          idle.push(runner);
          deal();
        },
        // That it failed is told when its turn comes; a runner that broke gets no more seeds.
        () => {},
      );
    }
  };

  deal();
  for (let seed = begun.firstSeed + begun.done; !over; seed++) {
    const running = underWay.get(seed);
    if (running === undefined) break;
    const outcome = await running;
    underWay.delete(seed);
    state = { ...withOutcome(state, outcome), elapsedMs: begun.elapsedMs + (nowMs() - startMs) };
    over = endsHunt(state);
    await onSeed(state, outcome);
  }
  return state;
}

function endsHunt({ keepGoing, violations }: HuntState): boolean {
  return !keepGoing && violations.length > 0;
}
