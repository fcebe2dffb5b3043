import type { Model } from "../../models/index.ts";
import { type Flow, flows, NEEDS_NONE, NEEDS_SOME } from "../preparation/flow.ts";
import type { Problem, TransitionClass } from "../preparation/problem.ts";

/** One operation of a problem as explanations see it: when it ran, by event, and what flowed through it. */
export interface Interval extends Flow {
  readonly operation: number;
  readonly call: number;
  /** Infinity where it never returned. */
  readonly ret: number;
  readonly pure: boolean;
}

/** Every operation of a problem, by number. A pure one leaves no state of its own. */
export function intervals(problem: Problem, model: Model): Interval[] {
  const flowOf = model.dataflow === undefined ? undefined : flows(model.dataflow);
  const call = new Float64Array(problem.size);
  const ret = new Float64Array(problem.size).fill(Number.POSITIVE_INFINITY);
  for (const [index, event] of problem.events.entries()) ((event & 1) === 0 ? call : ret)[event >> 1] = index;
  return Array.from(problem.classOf, (number, operation) => {
    const { pure, operation: seen } = problem.classes[number] as TransitionClass;
    const flow = flowOf?.(seen) ?? { leaves: undefined, needs: NEEDS_SOME };
    return {
      operation,
      call: call[operation] as number,
      ret: ret[operation] as number,
      pure,
      leaves: pure ? undefined : flow.leaves,
      needs: flow.needs,
    };
  });
}

/** Whether the operation can only succeed in one state, the text of which is then `needs`. */
export function needsOneState(interval: Interval): boolean {
  return interval.needs !== NEEDS_NONE && interval.needs !== NEEDS_SOME;
}
