import { invariant } from "../../harness/errors.ts";
import { type Key, openSharedHistory, type SharedHistory } from "../../harness/history/index.ts";
import type { CheckContext } from "../../harness/ports/checker.ts";
import { type BuiltIn, createModel } from "../models/index.ts";
import type { Turn, TurnResult } from "./agenda.ts";
import { Kinds } from "./preparation/kinds.ts";
import { type Part, partOf } from "./preparation/prepare.ts";
import { searchTurn } from "./search-turn.ts";

/** What another thread needs to know once. The model by its name, since functions cannot be posted. */
export interface SearchSetup {
  readonly history: SharedHistory;
  readonly model: BuiltIn;
}

/** One turn, as it is posted to another thread. */
export interface SearchRequest {
  readonly turn: Turn;
  readonly key: Key | undefined;
  readonly rows: Int32Array;
}

export function searchRequest(turn: Turn, { key, rows }: Part): SearchRequest {
  // To post a view is to post the whole buffer behind it.
  return { turn, key, rows: rows.slice() };
}

/** What answers requests on the other thread. */
export function searcher(
  setup: SearchSetup,
  nowMs: CheckContext["nowMs"],
): (request: SearchRequest) => TurnResult {
  const history = openSharedHistory(setup.history);
  const model = createModel(setup.model.name, setup.model.options);
  const kinds = new Kinds(history, model);
  return ({ turn, key, rows }) => {
    // What nobody did has an order: a wrong row would come out valid.
    invariant(
      rows.every((row) => row < history.length),
      `a row beyond the ${history.length} of the history`,
    );
    return searchTurn(partOf({ history, key, rows }, model, kinds), model, turn, nowMs);
  };
}
