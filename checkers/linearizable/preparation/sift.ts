import { UsageError } from "../../../harness/errors.ts";
import { type History, NEMESIS } from "../../../harness/history/index.ts";
import { type Model, type ModelOperation, misfitOf } from "../../models/index.ts";
import { beginningOf } from "./beginning-of.ts";
import { modelOperation } from "./model-operation.ts";

/**
 * The rows of the operations that say something about consistency, in order of invocation. Left out are the nemesis,
 * failed operations (unless the model takes the failure for an answer), answers that tell nothing, and crashed
 * operations without an effect.
 *
 * Cost: O(n), the model asked once an operation.
 * Errors: {@link UsageError} `history-does-not-fit-model`, with the first operation that does not fit.
 */
export function siftRows(history: History, model: Model): Int32Array {
  const rows = new Int32Array(history.length);
  let kept = 0;
  for (let row = 0; row < history.length; row++) {
    if (history.columns.process[row] === NEMESIS) continue;
    const operation = modelOperation(history, row);
    assertFits(history, model, operation, row);
    if (saysSomething(model, operation)) rows[kept++] = row;
  }
  return rows.slice(0, kept);
}

function saysSomething(model: Model, operation: ModelOperation): boolean {
  if (operation.type === "fail" && !model.observesFailure?.(operation)) return false;
  if (operation.type === "info" && model.isPure?.(operation)) return false;
  return !model.isVoid?.(operation);
}

/** Errors: {@link UsageError} `history-does-not-fit-model`. */
export function assertFits(history: History, model: Model, operation: ModelOperation, row: number): void {
  const expected = misfitOf(model, operation);
  if (expected === undefined) return;
  const { columns } = history;
  const { f, input, output } = operation;
  const found = `${f} ${beginningOf(input)}${output === undefined ? "" : ` → ${beginningOf(output)}`}`;
  throw new UsageError({
    code: "history-does-not-fit-model",
    message:
      `the operation of event ${columns.invokeIndex[row]} (process ${columns.process[row]}) does not fit model ` +
      `${model.name}: expected ${expected}, found ${found}`,
    hint: "name the model that the operations belong to, or leave out what does not belong to it",
  });
}
