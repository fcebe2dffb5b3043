import { Completed, type History } from "../../harness/history/index.ts";
import type { Anomaly } from "../../harness/ports/verdict.ts";
import { teller } from "../linearizable/explanation/story.ts";
import { flows } from "../linearizable/preparation/flow.ts";
import { modelOperation } from "../linearizable/preparation/model-operation.ts";
import type { Model } from "../models/index.ts";

/**
 * A read of a value that nothing wrote which can have taken effect: ThinAirRead (Bouajjani et al., POPL 2017). Where a write
 * of it failed, that is said. Cost: O(n).
 */
export function thinAirRead(history: History, model: Model, row: number): Anomaly {
  const { columns, names } = history;
  const key = names.keys[columns.key[row] as number];
  const tell = teller(history, model, key);
  const failed = failedWriter(history, model, row);
  const lines = [
    `${tell.did(row)}, which nothing wrote that can have taken effect`,
    ...(failed === undefined ? [] : [`  ${tell.did(failed)}`]),
  ];
  const shown = failed === undefined ? [row] : [row, failed].sort((a, b) => a - b);
  return {
    type: "ThinAirRead",
    ...(key === undefined ? {} : { key }),
    message: lines.join("\n"),
    operations: shown.map((each) => columns.invokeIndex[each] as number),
  };
}

function failedWriter(history: History, model: Model, reader: number): number | undefined {
  const { columns, length } = history;
  if (model.dataflow === undefined) return undefined;
  const flowOf = flows(model.dataflow);
  const sought = flowOf(modelOperation(history, reader)).needs;
  for (let row = 0; row < length; row++) {
    if (columns.completion[row] !== Completed.fail || columns.key[row] !== columns.key[reader]) continue;
    // What a failed operation would have left is what it would leave had it been answered.
    const asked = { ...modelOperation(history, row), type: "info" } as const;
    if (flowOf(asked).leaves === sought) return row;
  }
  return undefined;
}
