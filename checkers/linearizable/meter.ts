import type { CheckContext } from "../../harness/ports/checker.ts";

/** What ran out. */
export type Exhausted = "time" | "memory" | "configurations" | "steps";

/** Unwinds a search that ran out of something; caught where the search began, and never seen by a caller. */
export class BudgetExceeded extends Error {
  readonly exhausted: Exhausted;

  constructor(exhausted: Exhausted) {
    super(`budget exceeded: ${exhausted}`);
    this.exhausted = exhausted;
  }
}

/** What a search may spend, and has spent. All methods throw {@link BudgetExceeded}. */
export interface Meter {
  /** Counts work and looks at the clock; called every thousand steps or so, and with 0 where something else takes long. */
  spend(steps: number): void;
  /** Counts one configuration more; called for each. */
  enter?(): void;
  /** Asks for memory before it is allocated; a negative size gives some back. */
  allocate(sizeBytes: number): void;
}

/** A meter on a clock, for checks: ends at `untilMs` on the clock, whatever the number of steps. */
export function clockMeter(
  nowMs: CheckContext["nowMs"],
  untilMs: number,
  memoryBytes: number,
  configurations = Number.POSITIVE_INFINITY,
): Meter {
  let used = 0;
  let entered = 0;
  return {
    enter() {
      if (++entered > configurations) throw new BudgetExceeded("configurations");
    },
    spend() {
      if (nowMs() > untilMs) throw new BudgetExceeded("time");
    },
    allocate(sizeBytes) {
      if (sizeBytes > 0 && nowMs() > untilMs) throw new BudgetExceeded("time");
      used += sizeBytes;
      if (used > memoryBytes) throw new BudgetExceeded("memory");
    },
  };
}

/** A meter that counts steps, for explanations: the same history always gives the same text. */
export function stepMeter(maxSteps: number, memoryBytes: number): Meter {
  let steps = 0;
  let used = 0;
  return {
    spend(more) {
      steps += more;
      if (steps > maxSteps) throw new BudgetExceeded("steps");
    },
    allocate(sizeBytes) {
      used += sizeBytes;
      if (used > memoryBytes) throw new BudgetExceeded("memory");
    },
  };
}
