import { canonicalJson } from "../../harness/history/index.ts";
import type { Model } from "../models/index.ts";
import { DataflowRule } from "./dataflow-rule.ts";
import { type Interval, intervals } from "./intervals.ts";
import { lastOperation, type Problem, type TransitionClass } from "./problem.ts";
import { ValuesRule } from "./values-rule.ts";

/**
 * Says which operations can be left out of a problem so that "the rest has no order" still proves that the whole has none.
 *
 * Taking away a pure operation always is sound: it only takes away a constraint. Taking away one with an effect needs an
 * argument, and that needs a model that says more than `step` does.
 */
export interface WitnessRule {
  /**
   * Operations that were left out although the rest proves nothing without them, given which are kept; empty where the
   * rest is a proof. Kept operations may lean on more once these are back.
   */
  missing(keep: Uint8Array): number[];
  /** Operations that may go together, those of the first invocation first. The last to complete is in none. */
  units(): number[][];
}

/** `all`: the intervals of the problem, where they are at hand. */
export function witnessRule(
  problem: Problem,
  model: Model,
  all: readonly Interval[] | undefined = undefined,
): WitnessRule {
  const last = lastOperation(problem);
  if (model.dataflow !== undefined) return new DataflowRule(all ?? intervals(problem, model), last);
  const operations = problem.classes.map(({ operation }) => operation);
  const values = operations.map((operation) =>
    model.about?.(operation)?.map((value) => canonicalJson(value)),
  );
  return new ValuesRule(
    {
      size: problem.size,
      isPure: (operation) => classOf(problem, operation).pure,
      valuesOf: (operation) => values[problem.classOf[operation] as number],
    },
    last,
  );
}

function classOf(problem: Problem, operation: number): TransitionClass {
  return problem.classes[problem.classOf[operation] as number] as TransitionClass;
}
