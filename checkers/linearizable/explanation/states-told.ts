import { canonicalJson, type Json } from "../../../harness/history/index.ts";
import { describeState, excerpt, type Model } from "../../models/index.ts";
import { type Interval, needsOneState } from "./intervals.ts";
import type { Reachable } from "./reachable.ts";
import type { Teller } from "./story.ts";

/** The states that the object can have been in while the last operation ran. */
export interface StatesFound {
  /** What they are true of: the whole history up to the answer of that operation, or the operations of the witness alone. */
  readonly of: "history" | "witness";
  readonly states: readonly Reachable[];
  /** Rows of the history, of the operations that the states speak of. */
  rowOf(operation: number): number;
}

/** States that are named. */
const NAMED_STATES = 4;
/** Other operations that are told to be impossible too. */
const NAMED_OTHERS = 2;

/**
 * Why the last operation has no place, to follow it: what the object held where the model tells which state the operation
 * needs, and else what the model says to it, where that is the same in all states.
 */
export function contradiction(
  model: Model,
  row: number,
  last: Interval | undefined,
  found: StatesFound | undefined,
): string {
  const object = model.object ?? "object";
  const states = found?.of === "history" ? found.states : undefined;
  if (last === undefined) {
    const reason = found === undefined ? undefined : onlyReason(found, row);
    return found?.of === "history" && reason !== undefined
      ? `but in every order that fits real time ${reason}`
      : "but it has no place in any order that fits real time";
  }
  // An effect can be impossible although the state that it needs was there: what follows it does not fit.
  const wasThere = states?.some(({ state }) => canonicalJson(state) === last.needs) ?? true;
  if (states === undefined || (needsOneState(last) && wasThere)) {
    return last.pure && needsOneState(last)
      ? `but in no order that fits real time did the ${object} hold ${last.needs} then`
      : "but it has no place in any order that fits real time";
  }
  return `but in every order that fits real time the ${object} ${oneOf(
    model,
    inOrder(states).map(({ state }) => state),
  )}`;
}

/** What the model says to the last operation, where that is the same in all states. */
function onlyReason({ states, rowOf }: StatesFound, row: number): string | undefined {
  const reasons = new Set(
    states.map(({ rejections: [first] }) =>
      first !== undefined && rowOf(first.operation) === row ? first.why : undefined,
    ),
  );
  const [reason] = reasons;
  return reasons.size === 1 ? reason : undefined;
}

function oneOf(model: Model, states: readonly Json[]): string {
  const named = states.slice(0, NAMED_STATES);
  const more = states.length - named.length;
  const others = more > 0 ? ` and ${more} more` : "";
  if (model.describeState !== undefined) {
    return `${named.map((state) => describeState(model, state)).join(", or ")}${others}`;
  }
  return `held ${states.length > 1 ? "one of " : ""}${named.map(excerpt).join(", ")}${others}`;
}

/**
 * Each state with what the model says to the last operation there, states of which it says the same together; and what
 * else was open and is impossible in all of them.
 */
export function tellStates(
  model: Model,
  found: StatesFound | undefined,
  row: number,
  tell: Teller,
  witnessSize: number,
): string[] {
  // With a dataflow the headline has said it.
  if (found === undefined || (model.dataflow !== undefined && found.of === "history")) return [];
  const byReason = new Map<string, Json[]>();
  for (const each of inOrder(found.states)) {
    const reason = reasonAt(each, found, row, tell);
    byReason.set(reason, [...(byReason.get(reason) ?? []), each.state]);
  }
  const object = model.object ?? "object";
  if (found.of === "witness") {
    const alone = `of ${witnessSize > 1 ? `the ${witnessSize} operations below` : "this operation"} alone, `;
    return limited(
      Array.from(byReason, ([why, states]) => `${alone}where the ${object} ${oneOf(model, states)}: ${why}`),
    );
  }
  const [[reason, states] = ["", []]] = byReason;
  if (byReason.size > 1) {
    const lines = Array.from(byReason, ([why, some]) => `where the ${object} ${oneOf(model, some)}: ${why}`);
    return [...limited(lines), ...others(found, row, tell)];
  }
  if (onlyReason(found, row) === undefined) return [`the ${object} ${oneOf(model, states)} then: ${reason}`];
  // The headline has the reason, which says all there is to say of a number or a word.
  const telling = states.length > 1 || Array.isArray(states[0]);
  return [...(telling ? [`the ${object} ${oneOf(model, states)} then`] : []), ...others(found, row, tell)];
}

function limited(lines: readonly string[]): string[] {
  const more = lines.length - NAMED_STATES;
  return [...lines.slice(0, NAMED_STATES), ...(more > 0 ? [`and ${more} more reasons in other states`] : [])];
}

function reasonAt(
  { rejections, blocked }: Reachable,
  { rowOf }: StatesFound,
  row: number,
  tell: Teller,
): string {
  const [first] = rejections;
  if (first !== undefined && rowOf(first.operation) === row) return first.why;
  if (blocked === undefined) return "it fits there, but not together with the answers that have to follow";
  return `it fits there, but after it ${tell.who(rowOf(blocked.operation))} does not: ${blocked.why}`;
}

function others({ states, rowOf }: StatesFound, row: number, tell: Teller): string[] {
  const [first] = states;
  const reasonsOf = (operation: number) =>
    states.map(({ rejections }) => rejections.find((each) => each.operation === operation)?.why);
  return (first?.rejections ?? [])
    .filter(({ operation }) => rowOf(operation) !== row && !reasonsOf(operation).includes(undefined))
    .slice(0, NAMED_OTHERS)
    .map(({ operation, why }) => {
      const reason = reasonsOf(operation).every((each) => each === why) ? `: ${why}` : "";
      return `${tell.did(rowOf(operation))} has no place before it either${reason}`;
    });
}

function inOrder(states: readonly Reachable[]): readonly Reachable[] {
  const text = ({ state }: Reachable) => JSON.stringify(state);
  return states.toSorted((a, b) => byNumberOrText(text(a), text(b)));
}

function byNumberOrText(a: string, b: string): number {
  return Number(a) - Number(b) || (a < b ? -1 : 1);
}
