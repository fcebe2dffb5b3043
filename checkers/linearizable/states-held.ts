import { canonicalJson, type Json } from "../../harness/history/index.ts";
import type { Model, ModelOperation } from "../models/index.ts";
import type { Interval } from "./intervals.ts";
import type { Problem, TransitionClass } from "./problem.ts";
import { type Effort, lastIsPlaced, lastOperation } from "./shrink.ts";

/** States that are tried one by one; with more in question none is named. */
const MOST_STATES = 32;

/**
 * The states that the object can have been in while the last operation ran, in any order of the other operations that
 * fits: each state in question is put to the search, as an observation in the place of that operation. Undefined where
 * that cannot be told, for want of a dataflow or of steps.
 */
export function statesHeld(
  problem: Problem,
  all: readonly Interval[],
  model: Model,
  effort: Effort,
): Json[] | undefined {
  const question = statesInQuestion(problem, all, model);
  if (question === undefined || question.length > MOST_STATES) return undefined;
  const held: Json[] = [];
  for (const state of question) {
    const probed = observing(problem, model, state);
    const possible = lastIsPlaced(probed.problem, probed.model, effort);
    if (possible === undefined) return undefined;
    if (possible) held.push(state);
  }
  return held.length === 0 ? undefined : held;
}

/** The states set by operations that were not certainly overwritten before the last operation began. */
function statesInQuestion(problem: Problem, all: readonly Interval[], model: Model): Json[] | undefined {
  if (model.dataflow === undefined) return undefined;
  const last = all[lastOperation(problem)] as Interval;
  const others = all.filter((interval) => interval !== last && !interval.pure);
  if (others.some(({ leaves }) => leaves === undefined)) return undefined;
  let since = Number.NEGATIVE_INFINITY;
  for (const { call, ret } of others) if (ret < last.call) since = Math.max(since, call);
  const states = new Map<string, Json>();
  if (since === Number.NEGATIVE_INFINITY) states.set(canonicalJson(model.init), model.init);
  for (const { ret, leaves } of others) {
    if (ret > since && leaves !== undefined) states.set(leaves, JSON.parse(leaves) as Json);
  }
  return [...states.values()];
}

/** The problem and the model with an observation of `state` in the place of the last operation. */
function observing(problem: Problem, model: Model, state: Json): { problem: Problem; model: Model } {
  const operation: ModelOperation = { f: "observe", input: null, output: state, type: "ok" };
  const text = canonicalJson(state);
  const observation: TransitionClass = { operation, pure: true };
  const classOf = problem.classOf.slice();
  classOf[lastOperation(problem)] = problem.classes.length;
  return {
    problem: { ...problem, classOf, classes: [...problem.classes, observation] },
    model: {
      ...model,
      step(found, given) {
        if (given !== operation) return model.step(found, given);
        return canonicalJson(found) === text ? { state: found } : { rejected: "another state is observed" };
      },
    },
  };
}
