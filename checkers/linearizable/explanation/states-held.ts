import type { Model } from "../../models/index.ts";
import { compact, lastOperation, type Problem, restrict } from "../preparation/problem.ts";
import { DataflowRule } from "./dataflow-rule.ts";
import { type Reachable, type Rejected, reachable } from "./reachable.ts";
import type { Effort } from "./replay.ts";
import type { WitnessRule } from "./witness-rule.ts";

/** Steps for the states of the whole history, and for those of a stretch of it. */
const STEPS = 200_000;
/** With more operations than these the stretch is looked at first: the whole would take too many steps. */
const LARGE = 20_000;
/** Operations of the stretch that is looked at where the whole takes too long. */
const STRETCH = 256;

/**
 * The states that the object can have been in while the last operation ran, in any order of the whole history that
 * fits real time; undefined where that cannot be told within some steps.
 *
 * Where the whole takes too long and the model has a dataflow, a stretch of operations before the last one is looked at
 * that leaves out only what can be left out soundly. That gives these states, and perhaps some that other operations
 * rule out: the object was in one of them all the same.
 */
export function statesHeld(
  problem: Problem,
  model: Model,
  effort: Effort,
  rule: WitnessRule,
): Reachable[] | undefined {
  const ofWhole =
    problem.size > LARGE && model.dataflow !== undefined
      ? undefined
      : reachable(compact(problem), model, effort, STEPS);
  return ofWhole ?? statesOfStretch(problem, model, effort, rule);
}

function statesOfStretch(
  problem: Problem,
  model: Model,
  effort: Effort,
  rule: WitnessRule,
): Reachable[] | undefined {
  if (!(rule instanceof DataflowRule) || problem.size <= STRETCH) return undefined;
  const last = lastOperation(problem);
  const keep = new Uint8Array(problem.size).fill(1, problem.size - STRETCH);
  keep[last] = 1;
  for (let back = rule.missing(keep, last); back.length > 0; back = rule.missing(keep, last)) {
    for (const operation of back) keep[operation] = 1;
    effort.steps -= 1 + (problem.size >> 6);
    if (effort.steps <= 0) return undefined;
  }
  const stretch = restrict(problem, keep, problem.completions - 1);
  const found = reachable(compact(stretch), model, effort, STEPS);
  const inWhole = ({ operation, why }: Rejected): Rejected => ({
    operation: problem.rows.indexOf(stretch.rows[operation] as number),
    why,
  });
  return found?.map(({ state, rejections, blocked }) => ({
    state,
    rejections: rejections.map(inWhole),
    ...(blocked === undefined ? {} : { blocked: inWhole(blocked) }),
  }));
}
