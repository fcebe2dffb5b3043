import { canonicalJson, type Json } from "../../../harness/history/index.ts";
import type { Dataflow, ModelOperation, Needs } from "../../models/index.ts";

/** In place of a state; no JSON text. */
export const NEEDS_NONE = "none";
export const NEEDS_SOME = "some";

/** What flows into and out of an operation, states as canonical text. */
export interface Flow {
  readonly leaves: string | undefined;
  readonly needs: string;
}

/** The flow of each operation object, worked out once. */
export function flows(dataflow: Dataflow<Json>): (operation: ModelOperation) => Flow {
  const known = new Map<ModelOperation, Flow>();
  return (operation) => {
    let flow = known.get(operation);
    if (flow === undefined) {
      const leaves = dataflow.leaves(operation);
      flow = {
        leaves: leaves === undefined ? undefined : canonicalJson(leaves),
        needs: needsText(dataflow.needs(operation), leaves !== undefined),
      };
      known.set(operation, flow);
    }
    return flow;
  };
}

/** What succeeds anywhere but leaves no state of its own (an increment) passes on what it found: it does look. */
function needsText(needs: Needs<Json>, leavesState: boolean): string {
  if (needs === "any state") return leavesState ? NEEDS_NONE : NEEDS_SOME;
  return needs === "some states" ? NEEDS_SOME : canonicalJson(needs.state);
}
