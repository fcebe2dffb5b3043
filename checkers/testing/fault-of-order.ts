import { Completed, type Json } from "../../harness/history/index.ts";
import { modelOperation } from "../linearizable/preparation/model-operation.ts";
import type { ObjectHistory } from "../linearizable/preparation/objects.ts";
import type { Model } from "../models/index.ts";

/**
 * What is wrong with an order of rows as a linearization of an object, in words; undefined where nothing is: every completed
 * operation stands in it once, crashed ones at most once and nothing else, none before one that had ended when it began,
 * and the model does each in turn.
 */
export function faultOfOrder(
  { history, rows }: Pick<ObjectHistory, "history" | "rows">,
  model: Model,
  order: Int32Array,
): string | undefined {
  const { completion, invokeIndex, completeIndex } = history.columns;
  const isCrashed = (row: number) => completion[row] === Completed.open || completion[row] === Completed.info;
  const left = new Set(order);
  if (left.size < order.length) return "a row stands in it twice";
  for (const row of rows) if (!left.delete(row) && !isCrashed(row)) return `row ${row} is missing`;
  const [stranger] = left;
  if (stranger !== undefined) return `row ${stranger} is from elsewhere`;
  let latestInvocation = -1;
  let state: Json = model.init;
  for (const row of order) {
    if (!isCrashed(row) && (completeIndex[row] as number) < latestInvocation)
      return `row ${row} ended before its place`;
    latestInvocation = Math.max(latestInvocation, invokeIndex[row] as number);
    const step = model.step(state, modelOperation(history, row));
    if ("rejected" in step) return `row ${row} cannot be there: ${step.rejected}`;
    state = step.state;
  }
  return undefined;
}
