import type { CheckContext } from "../../harness/ports/checker.ts";
import type { Model } from "../models/index.ts";
import type { Turn, TurnResult } from "./agenda.ts";
import { BudgetExceeded, clockMeter, type Meter } from "./meter.ts";
import type { Part } from "./preparation/prepare.ts";
import { ALL_REDUCTIONS, type Reductions, search } from "./search/search.ts";
import { Transitions } from "./search/transitions.ts";

/** Searches one object for one turn; on whatever thread, since all it needs is the object. */
export function searchTurn(
  part: Part,
  model: Model,
  turn: Turn,
  nowMs: CheckContext["nowMs"],
  reductions: Reductions = ALL_REDUCTIONS,
): TurnResult {
  const meter = turnMeter(turn, nowMs);
  const { problem } = part.problem();
  const found = search(problem, () => new Transitions(model, problem.classes, meter), meter, reductions);
  const { verdict, progress } = found;
  return verdict === "unknown" ? { verdict, exhausted: found.exhausted, progress } : { verdict, progress };
}

function turnMeter(turn: Turn, nowMs: CheckContext["nowMs"]): Meter {
  const meter = clockMeter(nowMs, nowMs() + turn.timeMs, turn.memoryBytes, turn.configurations);
  let taken = 0;
  return {
    ...meter,
    spend(steps) {
      taken += steps;
      if (taken > turn.maxSteps) throw new BudgetExceeded("steps");
      meter.spend(steps);
    },
  };
}
