import type { CheckContext } from "../../harness/ports/checker.ts";
import type { Linearization } from "../../harness/ports/verdict.ts";
import type { Model } from "../models/index.ts";
import { clockMeter } from "./meter.ts";
import type { Part } from "./preparation/prepare.ts";
import { findOrder } from "./search/search.ts";
import { Transitions } from "./search/transitions.ts";

/**
 * An order of the operations on an object that is known to have one: that of the special checker that decided it, or else
 * what the search finds once more, since a search on another thread gives back no more than its verdict. Undefined where the
 * budget does not suffice for that.
 *
 * Cost: that of the search, within the whole budget, whatever was spent before.
 */
export function linearizationOf(
  part: Part,
  model: Model,
  orderOf: (() => Int32Array) | undefined,
  { budget, nowMs }: CheckContext,
): Linearization | undefined {
  const rows = orderOf === undefined ? searchedOrder(part, model, { budget, nowMs }) : orderOf();
  if (rows === undefined) return undefined;
  const { invokeIndex } = part.history.columns;
  return {
    ...(part.key === undefined ? {} : { key: part.key }),
    operations: Array.from(rows, (row) => invokeIndex[row] as number),
  };
}

function searchedOrder(part: Part, model: Model, { budget, nowMs }: CheckContext): Int32Array | undefined {
  const { problem } = part.problem();
  const meter = clockMeter(nowMs, nowMs() + budget.timeMs, budget.memoryBytes);
  const order = findOrder(problem, () => new Transitions(model, problem.classes, meter), meter);
  return order?.map((operation) => problem.rows[operation] as number);
}
