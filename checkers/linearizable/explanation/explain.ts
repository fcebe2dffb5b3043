import { invariant } from "../../../harness/errors.ts";
import type { History } from "../../../harness/history/index.ts";
import type { Anomaly } from "../../../harness/ports/verdict.ts";
import { describeOperation, type Model } from "../../models/index.ts";
import { stepMeter } from "../meter.ts";
import { modelOperation } from "../preparation/model-operation.ts";
import type { Part } from "../preparation/prepare.ts";
import { lastOperation, type Problem, restrict } from "../preparation/problem.ts";
import { search } from "../search/search.ts";
import { Transitions } from "../search/transitions.ts";
import type { Violation } from "../special/index.ts";
import { type Bar, drawIntervals } from "./drawing.ts";
import { explanationOf } from "./explanation.ts";
import { type Interval, intervals } from "./intervals.ts";
import { reachable } from "./reachable.ts";
import type { Effort } from "./replay.ts";
import { witnessRule } from "./rule-of-model.ts";
import { shrink } from "./shrink.ts";
import { statesHeld } from "./states-held.ts";
import { contradiction, type StatesFound, tellStates } from "./states-told.ts";
import { type Story, story, teller } from "./story.ts";

/** Steps for an explanation whatever the history, and beside that for each of its events. */
const STEPS = 1_000_000;
const STEPS_PER_EVENT = 4;
/** Operations that are drawn. */
const DRAWN = 24;

/** What a search found: the completion at `position` of the problem `whole` cannot be placed. */
export interface Failure {
  readonly history: History;
  readonly whole: Problem;
  readonly position: number;
  /** The same with the crashed operations that nobody observed: what they write can be held all the same. */
  readonly unabridged: Problem;
  /** The problem is a few operations of an object alone: what is found of it is not told of the history. */
  readonly excerpt?: boolean;
}

/** What the search found on a part. */
export function searchFailure(part: Part, position: number): Failure {
  const { problem, unobserved } = part.problem();
  const unabridged = unobserved.length === 0 ? problem : part.problemOf(part.rows);
  return { history: part.history, whole: problem, position, unabridged };
}

/**
 * Why a problem has no order. The completion at `position` is the first that cannot be placed, so the history up to it
 * is the shortest part that has none, given how operations that were open then ended later. Told are the states that the
 * object can have been in at the time, where the answer came from, and a small history that has no order either.
 *
 * Cost: bounded by steps, O(n) beside that; a function of the history alone.
 */
export function explain(model: Model, failure: Failure, memoryBytes: number): Anomaly {
  const { history, whole, unabridged, position } = failure;
  const problem = upTo(whole, position);
  // Crashed operations have no completion, so that the position is the same.
  const looked = whole === unabridged ? problem : upTo(unabridged, position);
  const effort = effortFor(problem, memoryBytes);
  const all = model.dataflow === undefined ? [] : intervals(problem, model);
  const last = lastOperation(problem);
  const row = problem.rows[last] as number;
  const rule = witnessRule(problem, model, all);
  const ofHistory = failure.excerpt
    ? undefined
    : statesHeld(looked, model, effort, looked === problem ? rule : witnessRule(looked, model));
  const told = failure.excerpt ? NOTHING_TOLD : tellStory(history, model, problem, all, last);
  const {
    problem: witness,
    proof,
    fromNowhere,
  } = shrink(problem, model, effort, {
    rule,
    preferred: new Set(told.operations.map((operation) => problem.rows[operation] as number)),
  });
  const found: StatesFound | undefined =
    ofHistory === undefined
      ? statesOf("witness", witness, reachable(witness, model, effort, STEPS))
      : statesOf("history", looked, ofHistory);
  const tell = teller(history, model, problem.key);
  const headline = `${tell.who(row)} at ${tell.ended(row)}, ${contradiction(model, row, all[last], found)}`;
  const lines = [
    ...tellStates(model, found, row, tell, witness.size),
    ...told.lines,
    // A story has said it.
    ...(fromNowhere && !failure.excerpt && told.lines.length === 0
      ? ["no operations before it, in whatever order, come to that answer"]
      : []),
    ...draw(history, model, witness),
  ];
  return anomaly(history, witness, [headline, ...lines], explanationOf(history, row, found, proof));
}

/**
 * A violation that a special checker found. The search must find its operations without an order too: where the two
 * disagree, assay has a bug. Where the search would take too long on them, they are told as they are.
 */
export function explainViolation(
  model: Model,
  part: Part,
  { violation, checker }: { readonly violation: Violation; readonly checker: string },
  memoryBytes: number,
): Anomaly {
  const { history } = part;
  const { rows, row, why } = violation;
  const problem = part.problemOf(rows);
  const tell = teller(history, model, part.key);
  const headline = `${tell.who(row)} at ${tell.ended(row)}, ${why}`;
  const effort = effortFor(problem, memoryBytes);
  const meter = stepMeter(effort.steps, memoryBytes);
  const found = search(problem, () => new Transitions(model, problem.classes, meter), meter);
  invariant(found.verdict !== "valid", `${checker} calls operations invalid that have an order`);
  if (found.verdict === "unknown") {
    return anomaly(history, problem, [headline], explanationOf(history, row, undefined, true));
  }
  const { position } = found.progress;
  const cut = upTo(problem, position);
  // Others among them have no order before it comes; then that is told.
  if (!cut.rows.includes(row)) {
    return explain(
      model,
      { history, whole: problem, position, unabridged: problem, excerpt: true },
      memoryBytes,
    );
  }
  const last = lastOperation(cut);
  // Of a few operations that have no order another one can be the first without a place. Its states are not those of `row`.
  const same = cut.rows[last] === row;
  const all = model.dataflow === undefined ? [] : intervals(cut, model);
  const told = same ? tellStory(history, model, cut, all, last) : NOTHING_TOLD;
  const { problem: witness, proof } = shrink(cut, model, effort, {
    preferred: new Set(told.operations.map((operation) => cut.rows[operation] as number)),
    fixed: new Set([row]),
  });
  const states = same ? statesOf("witness", witness, reachable(witness, model, effort, STEPS)) : undefined;
  const lines = [...told.lines, ...draw(history, model, witness)];
  return anomaly(history, witness, [headline, ...lines], explanationOf(history, row, states, proof));
}

function upTo(problem: Problem, position: number): Problem {
  return restrict(problem, new Uint8Array(problem.size).fill(1), position);
}

function effortFor(problem: Problem, memoryBytes: number): Effort {
  return { steps: STEPS + STEPS_PER_EVENT * problem.events.length, memoryBytes };
}

const NOTHING_TOLD: Story = { lines: [], operations: [] };

function tellStory(
  history: History,
  model: Model,
  problem: Problem,
  all: readonly Interval[],
  last: number,
): Story {
  const interval = all[last];
  return interval === undefined ? NOTHING_TOLD : story(history, model, problem, all, interval);
}

function statesOf(
  of: StatesFound["of"],
  problem: Problem,
  states: StatesFound["states"] | undefined,
): StatesFound | undefined {
  return states === undefined
    ? undefined
    : { of, states, rowOf: (operation) => problem.rows[operation] as number };
}

function anomaly(
  history: History,
  witness: Problem,
  [headline, ...lines]: readonly string[],
  explanation: NonNullable<Anomaly["explanation"]>,
): Anomaly {
  const { invokeIndex } = history.columns;
  return {
    type: "nonlinearizable",
    ...(witness.key === undefined ? {} : { key: witness.key }),
    message: [headline, ...lines.map((line) => `  ${line}`)].join("\n"),
    operations: Array.from(witness.rows, (row) => invokeIndex[row] as number),
    explanation,
  };
}

function draw(history: History, model: Model, witness: Problem): string[] {
  const all = intervals(witness, model);
  // One operation that has no order alone is the headline.
  if (all.length === 1) return [];
  const shown = all.slice(-DRAWN);
  const bars = shown.map((interval): Bar => {
    const row = witness.rows[interval.operation] as number;
    const process = history.columns.process[row];
    const what = describeOperation(model, modelOperation(history, row), undefined);
    return { label: `process ${process} ${what}`, call: interval.call, ret: interval.ret };
  });
  const left = all.length - shown.length;
  return [
    `these ${all.length} operations have no order, drawn by the order of their events:`,
    ...(left > 0 ? [`  (${left} earlier ones)`] : []),
    ...drawIntervals(bars).map((line) => `  ${line}`),
  ];
}
