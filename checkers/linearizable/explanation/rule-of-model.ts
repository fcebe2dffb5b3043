import { canonicalJson } from "../../../harness/history/index.ts";
import type { Model } from "../../models/index.ts";
import { lastOperation, type Problem, type TransitionClass } from "../preparation/problem.ts";
import { DataflowRule } from "./dataflow-rule.ts";
import { type Interval, intervals } from "./intervals.ts";
import { ValuesRule } from "./values-rule.ts";
import type { WitnessRule } from "./witness-rule.ts";

/** The rule that a model allows for. `all`: the intervals of the problem, where they are at hand. */
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
