import type { Model } from "../../models/index.ts";
import { type Meter, stepMeter } from "../meter.ts";
import type { Problem } from "../preparation/problem.ts";
import { search } from "../search/search.ts";
import { Transitions } from "../search/transitions.ts";

/** What an explanation may spend. In steps and not in time, so that the same history gives the same text. */
export interface Effort {
  steps: number;
  readonly memoryBytes: number;
}

/**
 * Whether the last completion can be placed as all before it can; undefined where an earlier one cannot, or where the
 * effort does not suffice.
 */
export function lastIsPlaced(problem: Problem, model: Model, effort: Effort): boolean | undefined {
  if (effort.steps <= 0) return undefined;
  const clock = stepMeter(effort.steps, effort.memoryBytes);
  let spent = 0;
  const meter: Meter = {
    spend(steps) {
      spent += steps;
      clock.spend(steps);
    },
    allocate: (sizeBytes) => clock.allocate(sizeBytes),
  };
  const result = search(problem, () => new Transitions(model, problem.classes, meter), meter);
  effort.steps -= spent + problem.events.length;
  if (result.verdict === "valid") return true;
  const atLast = result.progress.position === problem.completions - 1;
  return result.verdict === "invalid" && atLast ? false : undefined;
}
