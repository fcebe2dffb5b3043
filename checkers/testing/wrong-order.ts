import type { Json } from "../../harness/history/index.ts";
import { NEVER, type Problem, type TransitionClass } from "../linearizable/problem.ts";
import type { Model } from "../models/index.ts";

/**
 * What is wrong with an order as a linearization of a problem, in words; undefined where nothing is: every completed
 * operation is in it once and a crashed one at most once, no operation comes after one that was invoked after it had
 * returned, and the model gives every answer that was seen.
 */
export function wrongOrder(problem: Problem, model: Model, order: Int32Array): string | undefined {
  const { size, deadlines, events, classOf, classes } = problem;
  if (new Set(order).size !== order.length) return "an operation comes twice";
  const placed = new Set(order);
  for (let operation = 0; operation < size; operation++) {
    if (deadlines[operation] !== NEVER && !placed.has(operation)) return `operation ${operation} is missing`;
  }
  const call = new Map<number, number>();
  const ret = new Map<number, number>();
  for (const [index, event] of events.entries()) ((event & 1) === 0 ? call : ret).set(event >> 1, index);
  let latestCall = -1;
  let state: Json = model.init;
  for (const operation of order) {
    latestCall = Math.max(latestCall, call.get(operation) as number);
    if ((ret.get(operation) ?? Number.POSITIVE_INFINITY) < latestCall)
      return `operation ${operation} comes too late`;
    const step = model.step(state, (classes[classOf[operation] as number] as TransitionClass).operation);
    if ("rejected" in step) return `operation ${operation} is rejected: ${step.rejected}`;
    state = step.state;
  }
  return undefined;
}
