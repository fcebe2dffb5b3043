import type { History } from "../../../harness/history/index.ts";
import type { Explanation } from "../../../harness/ports/verdict.ts";
import type { Rejected } from "./reachable.ts";
import type { StatesFound } from "./states-told.ts";

/** States that are given, and rejections in each. */
const MOST_STATES = 32;
const MOST_REJECTIONS = 16;
/** Beyond this many characters a state is given by its beginning. */
const STATE_LENGTH = 2_000;

/** What an explanation knows, as data. */
export function explanationOf(
  history: History,
  row: number,
  found: StatesFound | undefined,
  proof: boolean,
): Explanation {
  const { invokeIndex } = history.columns;
  const states = found?.states ?? [];
  return {
    operation: invokeIndex[row] as number,
    statesOf: found?.of ?? "unknown",
    states: states.slice(0, MOST_STATES).map(({ state, rejections, blocked }) => ({
      state: shortened(JSON.stringify(state)),
      rejections: [...(blocked === undefined ? [] : [afterIt(blocked)]), ...rejections]
        .slice(0, MOST_REJECTIONS)
        .map(({ operation, why }) => ({
          operation: invokeIndex[found?.rowOf(operation) as number] as number,
          why: shortened(why),
        })),
    })),
    moreStates: Math.max(0, states.length - MOST_STATES),
    proof,
  };
}

function afterIt({ operation, why }: Rejected): Rejected {
  return { operation, why: `after the operation, ${why}` };
}

function shortened(text: string): string {
  return text.length > STATE_LENGTH ? `${text.slice(0, STATE_LENGTH)}…` : text;
}
