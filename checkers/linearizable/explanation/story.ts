import { formatSeconds, NS_PER_MS } from "../../../harness/clock/duration.ts";
import {
  ABSENT,
  Completed,
  canonicalJson,
  type History,
  type Json,
  type Key,
  NEMESIS,
} from "../../../harness/history/index.ts";
import { describeOperation, describeState, type Model } from "../../models/index.ts";
import { flows } from "../preparation/flow.ts";
import { modelOperation } from "../preparation/model-operation.ts";
import type { Problem } from "../preparation/problem.ts";
import { type Interval, needsOneState } from "./intervals.ts";

/** Lines of plain words, and the operations that they speak of. */
export interface Story {
  readonly lines: readonly string[];
  readonly operations: readonly number[];
}

/**
 * How the last operation came to need a state that was not there, in lines of plain words: who wrote it and when, and who
 * overwrote it; or that nobody wrote it. Empty where the model does not tell how states flow.
 */
export function story(
  history: History,
  model: Model,
  problem: Problem,
  all: readonly Interval[],
  last: Interval,
): Story {
  if (!needsOneState(last)) return NOTHING;
  const tell = teller(history, model, problem.key);
  const object = model.object ?? "object";
  const row = (interval: Interval) => problem.rows[interval.operation] as number;
  const f = history.names.functions[history.columns.f[row(last)] as number] as string;
  const began = `before the ${f} began at ${tell.began(row(last))}`;
  const writers = all.filter(
    (interval) => interval !== last && interval.leaves === last.needs && interval.call < last.ret,
  );
  const latest = writers.findLast(({ ret }) => Number.isFinite(ret));
  if (writers.length === 0 && canonicalJson(model.init) !== last.needs) {
    const others = otherWriters(history, model, problem, last, tell);
    // What does not say what it leaves may have left this.
    if (all.some((each) => each !== last && !each.pure && each.leaves === undefined)) return NOTHING;
    const never =
      model.describeState === undefined
        ? `nobody had written ${last.needs} by then`
        : `at no time by then the ${object} ${describeState(model, JSON.parse(last.needs) as Json)}`;
    return { lines: [never, ...others], operations: [] };
  }
  const unanswered = writers.filter(({ ret }) => !Number.isFinite(ret));
  const answered = writers.length - unanswered.length;
  const lines: string[] = [];
  if (latest !== undefined) {
    lines.push(`${tell.did(row(latest))}${answered > 1 ? `, the last of ${answered} to do so` : ""}`);
  } else if (unanswered.length === 0)
    lines.push(`the ${object} ${describeState(model, model.init)} at the start`);
  const over = Math.max(...writers.map(({ ret }) => (Number.isFinite(ret) ? ret : -1)), -1);
  const between = (interval: Interval) => interval.call > over && interval.ret < last.call;
  const overwriter = all.findLast(
    (interval) => between(interval) && interval.leaves !== undefined && interval.leaves !== last.needs,
  );
  const witness = all.findLast(
    (interval) =>
      between(interval) && interval.pure && needsOneState(interval) && interval.needs !== last.needs,
  );
  const change = overwriter ?? witness;
  if (change !== undefined) {
    const how = overwriter === undefined ? "after that and" : "after that and acknowledged";
    lines.push(`${tell.did(row(change))}, ${latest === undefined ? "" : `${how} `}${began}`);
  }
  for (const writer of unanswered.slice(-1)) {
    const more = unanswered.length > 1 ? `, and ${unanswered.length - 1} like it` : "";
    lines.push(`${tell.did(row(writer))}${more}: no moment for it fits the other answers`);
  }
  const named = [latest, change].flatMap((interval) => (interval === undefined ? [] : [interval.operation]));
  return { lines, operations: named };
}

const NOTHING: Story = { lines: [], operations: [] };

/** Operations outside the problem that would explain the value: writes that failed, or came later. */
function otherWriters(
  history: History,
  model: Model,
  problem: Problem,
  last: Interval,
  tell: Teller,
): string[] {
  if (model.dataflow === undefined) return [];
  const { columns } = history;
  const flowOf = flows(model.dataflow);
  const lastRow = problem.rows[last.operation] as number;
  const sameObject = (row: number) =>
    model.partition === "whole" || columns.key[row] === columns.key[lastRow];
  for (let row = 0; row < history.length; row++) {
    if (row === lastRow || columns.process[row] === NEMESIS || !sameObject(row)) continue;
    const late = (columns.invokeIndex[row] as number) > (columns.completeIndex[lastRow] as number);
    if (!late && columns.completion[row] !== Completed.fail) continue;
    if (flowOf(modelOperation(history, row)).leaves !== last.needs) continue;
    return [`${tell.did(row)}${late ? ", only after that" : ""}`];
  }
  return [];
}

/** Puts operations into words. */
export interface Teller {
  /** `process 3 read 4 from x`. */
  who(row: number): string;
  /** With the time it took: `process 3 read 4 from x (1.203 s to 1.204 s)`. */
  did(row: number): string;
  began(row: number): string;
  ended(row: number): string;
}

export function teller(history: History, model: Model, key: Key | undefined): Teller {
  const { columns } = history;
  const spanNs = (columns.invokeTimeNs.at(-1) ?? 0) - (columns.invokeTimeNs[0] ?? 0);
  // In a file without times line order stands for them, and seconds would all be 0.000.
  const instant = (timeNs: number, index: number) =>
    spanNs < NS_PER_MS ? `event ${index}` : formatSeconds(timeNs);
  const began = (row: number) =>
    instant(columns.invokeTimeNs[row] as number, columns.invokeIndex[row] as number);
  const ended = (row: number) =>
    instant(columns.completeTimeNs[row] as number, columns.completeIndex[row] as number);
  const who = (row: number) =>
    `process ${columns.process[row]} ${describeOperation(model, modelOperation(history, row), key)}`;
  const took = (row: number) => {
    const completion = columns.completion[row];
    if (completion === Completed.fail) return `(${began(row)} to ${ended(row)}, and was told that it failed)`;
    const answered = completion === Completed.ok && columns.completeTimeNs[row] !== ABSENT;
    return answered ? `(${began(row)} to ${ended(row)})` : `(from ${began(row)} on, never answered)`;
  };
  return { who, did: (row) => `${who(row)} ${took(row)}`, began, ended };
}
