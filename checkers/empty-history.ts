import type { Reason } from "../harness/ports/verdict.ts";
import type { Model } from "./models/index.ts";

/** Why there is no verdict on a history without events. */
export function emptyHistory(model: Pick<Model, "name">): Reason {
  return {
    code: "empty-history",
    message: `the history has no events, so there is nothing that model ${model.name} could judge`,
    hint: "check that the clients ran at all, and that the right file was read",
  };
}
