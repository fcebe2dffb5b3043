import { invariant } from "../../harness/errors.ts";
import { canonicalJson, type History, type Json } from "../../harness/history/index.ts";
import type { Anomaly } from "../../harness/ports/verdict.ts";
import { describeOperation, type Model } from "../models/index.ts";
import { type Bar, drawIntervals } from "./drawing.ts";
import { flows, NEEDS_NONE } from "./flow.ts";
import { type Interval, intervals, needsOneState } from "./intervals.ts";
import { stepMeter } from "./meter.ts";
import { modelOperation } from "./model-operation.ts";
import type { Part } from "./prepare.ts";
import { type Problem, restrict } from "./problem.ts";
import { search } from "./search.ts";
import { type Effort, lastOperation, shrink } from "./shrink.ts";
import type { Violation } from "./special/index.ts";
import { statesHeld } from "./states-held.ts";
import { story, teller } from "./story.ts";
import { Transitions } from "./transitions.ts";

/** Steps for an explanation whatever the history, and beside that for each of its events. */
const STEPS = 1_000_000;
const STEPS_PER_EVENT = 40;
/** States that are named. */
const NAMED_STATES = 4;
/** Operations that are drawn. */
const DRAWN = 24;

/** What a search found: the completion at `position` of the problem `whole` cannot be placed. */
export interface Failure {
  readonly history: History;
  readonly whole: Problem;
  readonly position: number;
  /** Rows of crashed operations that are not in the problem. */
  readonly unobserved: Int32Array;
  /** Why, where that is known already, and is true of more operations than those of the problem. */
  readonly why?: string;
}

/** What the search found on a part. */
export function searchFailure(part: Part, position: number): Failure {
  const { problem, unobserved } = part.problem();
  return { history: part.history, whole: problem, position, unobserved };
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
  const meter = stepMeter(STEPS + STEPS_PER_EVENT * problem.events.length, memoryBytes);
  const found = search(problem, () => new Transitions(model, problem.classes, meter), meter);
  invariant(found.verdict !== "valid", `${checker} calls operations invalid that have an order`);
  if (found.verdict === "invalid") {
    const { position } = found.progress;
    return explain(
      model,
      { history, whole: problem, position, unobserved: new Int32Array(0), why },
      memoryBytes,
    );
  }
  const tell = teller(history, model, part.key);
  return anomaly(history, problem, `${tell.who(row)} at ${tell.ended(row)}, ${why}`, []);
}

/**
 * Why a problem has no order. The completion at `position` is the first that cannot be placed, so the history up to it
 * is the shortest part that has none, given how operations that were open then ended later. Told are what the
 * object could hold at the time, where the answer came from, and a small set of operations that has no order either.
 *
 * Cost: bounded by steps; a function of the history alone.
 */
export function explain(model: Model, failure: Failure, memoryBytes: number): Anomaly {
  const { history, whole, position } = failure;
  const problem = restrict(whole, new Uint8Array(whole.size).fill(1), position);
  const steps = STEPS + STEPS_PER_EVENT * problem.events.length;
  const all = intervals(problem, model);
  const last = all[lastOperation(problem)] as Interval;
  const why =
    failure.why ??
    contradiction(model, last, statesThen(model, failure, problem, all, { steps, memoryBytes }));
  const told = story(history, model, problem, all, last);
  const witness = shrink(problem, model, { steps, memoryBytes }, told.operations);
  const tell = teller(history, model, problem.key);
  const row = problem.rows[last.operation] as number;
  const headline = `${tell.who(row)} at ${tell.ended(row)}, ${why}`;
  const lines = [...told.lines, ...draw(history, model, witness)];
  return anomaly(history, witness, headline, lines);
}

function anomaly(history: History, witness: Problem, headline: string, lines: readonly string[]): Anomaly {
  const { invokeIndex } = history.columns;
  return {
    type: "nonlinearizable",
    ...(witness.key === undefined ? {} : { key: witness.key }),
    message: [headline, ...lines.map((line) => `  ${line}`)].join("\n"),
    operations: Array.from(witness.rows, (row) => invokeIndex[row] as number),
  };
}

/** Unanswered operations that nobody observed were left out of the search; what they write can be held all the same. */
function statesThen(
  model: Model,
  { history, unobserved }: Failure,
  problem: Problem,
  all: readonly Interval[],
  effort: Effort,
): readonly Json[] | undefined {
  const held = statesHeld(problem, all, model, effort);
  if (held === undefined || model.dataflow === undefined) return held;
  const { invokeIndex, completeIndex } = history.columns;
  const end = completeIndex[problem.rows[lastOperation(problem)] as number] as number;
  const flowOf = flows(model.dataflow);
  const states = new Map(held.map((state) => [canonicalJson(state), state]));
  for (const row of unobserved) {
    const { leaves, needs } = flowOf(modelOperation(history, row));
    if (leaves === undefined || (invokeIndex[row] as number) > end) continue;
    if (needs === NEEDS_NONE || states.has(needs)) states.set(leaves, JSON.parse(leaves) as Json);
  }
  return [...states.values()];
}

function contradiction(model: Model, last: Interval, held: readonly Json[] | undefined): string {
  const texts = held?.map((state) => JSON.stringify(state)).sort(byNumberOrText);
  // An effect can be impossible although the state that it needs was there: what follows it does not fit.
  const wasThere = held?.some((state) => canonicalJson(state) === last.needs) ?? true;
  if (texts === undefined || (needsOneState(last) && wasThere)) {
    return last.pure && needsOneState(last)
      ? `but in no order that fits real time did the ${model.object ?? "object"} hold ${last.needs} then`
      : "but it has no place in any order that fits real time";
  }
  const named = texts.slice(0, NAMED_STATES);
  const more = texts.length - named.length;
  const list = `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  return `but in every order that fits real time the ${model.object ?? "object"} held ${texts.length > 1 ? `one of ${list}` : list}`;
}

function byNumberOrText(a: string, b: string): number {
  return Number(a) - Number(b) || (a < b ? -1 : 1);
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
