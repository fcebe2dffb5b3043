import type { History } from "../../harness/history/index.ts";
import type { Anomaly } from "../../harness/ports/verdict.ts";
import { BudgetExceeded, stepMeter } from "../linearizable/meter.ts";
import { flows, NEEDS_NONE, NEEDS_SOME } from "../linearizable/preparation/flow.ts";
import { modelOperation } from "../linearizable/preparation/model-operation.ts";
import type { Part } from "../linearizable/preparation/prepare.ts";
import type { Model, ModelOperation } from "../models/index.ts";
import { sessionLines } from "../register-history/finding.ts";
import { isCrashed } from "../register-history/read-registers.ts";
import { sequentialProblem } from "./problem.ts";
import { NONSEQUENTIAL } from "./saturate.ts";
import { findOrder } from "./search.ts";

/** What looking for a smaller history may cost, in choices of the search, and in those of one search. */
const STEPS = { all: 1 << 16, one: 1 << 12 };
const MEMORY_BYTES = 2 ** 26;

/**
 * A history without an order, as an anomaly: as few of its operations as can be had within a number of steps so that they have no
 * order by themselves. Only such are left out that this proves something of the whole ({@link proofsWithout}).
 */
export function searchedAnomaly(history: History, model: Model, parts: readonly Part[]): Anomaly {
  const rows = shrink(history, model, parts);
  const { columns } = history;
  const keys = new Set(parts.filter((part) => part.rows.some((row) => rows.has(row))).map(({ key }) => key));
  const [key] = keys;
  const ordered = [...rows].sort((a, b) => a - b);
  const lines = [
    "no one order of all operations keeps that of each session and explains what was answered",
    ...sessionLines(history, model, ordered).map((line) => `  ${line}`),
  ];
  return {
    type: NONSEQUENTIAL,
    ...(keys.size === 1 && key !== undefined ? { key } : {}),
    message: lines.join("\n"),
    operations: ordered.map((row) => columns.invokeIndex[row] as number),
  };
}

function shrink(history: History, model: Model, parts: readonly Part[]): ReadonlySet<number> {
  let kept = new Set(parts.flatMap(({ rows }) => [...rows]));
  let steps = STEPS.all;
  const isInvalid = (rows: ReadonlySet<number>): boolean => {
    const progress = { placed: 0, choices: 0 };
    try {
      const some = parts.map((part) => ({ ...part, rows: part.rows.filter((row) => rows.has(row)) }));
      const meter = { ...stepMeter(STEPS.one, MEMORY_BYTES), enter: countdown(STEPS.one) };
      return findOrder(sequentialProblem(history, model, some, meter), meter, progress) === undefined;
    } catch (error) {
      if (!(error instanceof BudgetExceeded)) throw error;
      return false;
    } finally {
      steps -= progress.choices + rows.size;
    }
  };
  const groups = [
    ...parts.map(({ rows }) => [...rows]),
    ...parts.flatMap((part) => proofsWithout(history, model, part)),
  ];
  for (let changed = true; changed && steps > 0; ) {
    changed = false;
    for (const group of groups) {
      if (steps <= 0 || !group.some((row) => kept.has(row))) continue;
      const fewer = new Set(kept);
      for (const row of group) fewer.delete(row);
      if (!isInvalid(fewer)) continue;
      kept = fewer;
      changed = true;
    }
  }
  return kept;
}

function countdown(choices: number): () => void {
  let left = choices;
  return () => {
    if (--left < 0) throw new BudgetExceeded("steps");
  };
}

/**
 * Groups of operations of an object without which the rest, if it has no order, proves that the whole has none: each that only
 * looks; and, of a model with a dataflow, each that needs no state, with all that need the state that it leaves or one that
 * these leave. In an order of the whole, those that are left find what they found also when these go: another one left it.
 * That of a whole object is one as well, as objects do not know of each other.
 */
function proofsWithout(history: History, model: Model, { rows }: Pick<Part, "rows">): number[][] {
  const operations = new Map([...rows].map((row) => [row, modelOperation(history, row)]));
  const isPure = (row: number) => model.isPure?.(operations.get(row) as ModelOperation) ?? false;
  const looking = [...rows].filter(isPure).map((row) => [row]);
  if (model.dataflow === undefined) return looking;
  const flowOf = flows(model.dataflow);
  const effects = new Map(
    [...rows].map((row) => {
      const { leaves, needs } = flowOf(operations.get(row) as ModelOperation);
      return [row, { leaves: isPure(row) ? undefined : leaves, needs, pure: isPure(row) }];
    }),
  );
  const readersOf = new Map<string, number[]>();
  const anyState: number[] = [];
  for (const [row, { needs, pure }] of effects) {
    if (needs === NEEDS_SOME && !pure) return looking;
    if (needs === NEEDS_SOME) anyState.push(row);
    else if (needs !== NEEDS_NONE) readersOf.set(needs, [...(readersOf.get(needs) ?? []), row]);
  }
  const withReaders = (row: number): number[] => {
    const group = new Set([row, ...anyState]);
    for (const member of group) {
      const leaves = effects.get(member)?.leaves;
      for (const reader of leaves === undefined ? [] : (readersOf.get(leaves) ?? [])) group.add(reader);
    }
    return [...group];
  };
  const writing = [...rows].filter((row) => effects.get(row)?.needs === NEEDS_NONE).map(withReaders);
  // Crashed ones first: they are the least to look at.
  const turn = (group: readonly number[]) =>
    isCrashed(history.columns.completion[group[0] as number] as number) ? 0 : 1;
  return [...writing.sort((a, b) => turn(a) - turn(b)), ...looking];
}
