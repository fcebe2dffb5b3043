import type { Json } from "../../../harness/history/index.ts";
import type { Model, ModelOperation } from "../../models/index.ts";
import { BudgetExceeded, stepMeter } from "../meter.ts";
import { lastOperation, type Problem, type TransitionClass } from "../preparation/problem.ts";
import { INITIAL, REJECTED, Transitions } from "../search/transitions.ts";
import type { Effort } from "./replay.ts";

/** Steps for one look at what the last operation can come from. */
const STEPS = 20_000;

/** What a smaller history must keep, to show the same anomaly. */
export interface SameAnomaly {
  holds(rest: Problem): boolean;
  /** Whether no row of the operations, in whatever order, leads to the answer of the last one; false where nobody knows. */
  readonly fromNowhere: boolean;
}

/**
 * What a smaller history that cannot place the last completion either must keep to show the same anomaly: what that operation
 * can come from. If some of the operations, one after the other in whatever order, lead to a state in which it can have its
 * answer, then some of those that are left do so too. Without that, a value that came out in the wrong order would be shrunk to
 * a value that came from nowhere.
 *
 * Where none do, each value that the last operation and one with an effect speak of is still spoken of by one. Where
 * that cannot be told within some steps, all operations with an effect stay that speak of such a value.
 */
export function sameAnomaly(problem: Problem, model: Model, effort: Effort): SameAnomaly {
  const first = sourceOf(problem, model, effort);
  if (first === "none") {
    // Where states are told by the operations that leave them, the witness rule has kept those.
    if (model.dataflow !== undefined) return { holds: () => true, fromNowhere: true };
    const needed = spokenOf(problem);
    const holds = (rest: Problem) => {
      const left = spokenOf(rest);
      return [...needed.keys()].every((value) => left.has(value));
    };
    return { holds, fromNowhere: true };
  }
  if (first === "unknown") {
    const fixed = [...spokenOf(problem).values()].flat();
    return { holds: (rest) => holds(rest, fixed), fromNowhere: false };
  }
  let source: readonly number[] = first;
  return {
    fromNowhere: false,
    holds(rest) {
      if (holds(rest, source)) return true;
      const other = sourceOf(rest, model, effort);
      if (typeof other === "string") return false;
      source = other;
      return true;
    },
  };
}

function holds(problem: Problem, rows: readonly number[]): boolean {
  const left = new Set(problem.rows);
  return rows.every((row) => left.has(row));
}

/**
 * Rows of a shortest row of operations after which the last operation of the problem has its answer, found breadth
 * first. Pure ones do not matter, and of those that behave equally only the number does.
 */
function sourceOf(problem: Problem, model: Model, effort: Effort): readonly number[] | "none" | "unknown" {
  const last = lastOperation(problem);
  const wanted = problem.classOf[last] as number;
  const supply = new Map<number, number[]>();
  for (const [operation, number] of problem.classOf.entries()) {
    if (operation === last || (problem.classes[number] as TransitionClass).pure) continue;
    const same = supply.get(number);
    if (same === undefined) supply.set(number, [problem.rows[operation] as number]);
    else same.push(problem.rows[operation] as number);
  }
  const meter = stepMeter(STEPS, effort.memoryBytes);
  const rowsOf = (used: readonly number[]) =>
    used.map((number, at) => {
      const before = used.slice(0, at).filter((each) => each === number).length;
      return (supply.get(number) as number[])[before] as number;
    });
  try {
    const transitions = new Transitions(model, problem.classes, meter);
    if (transitions.next(INITIAL, wanted) !== REJECTED) return [];
    const seen = new Set<string>();
    let level: { state: number; used: readonly number[] }[] = [{ state: INITIAL, used: [] }];
    while (level.length > 0) {
      const next: typeof level = [];
      for (const { state, used } of level) {
        for (const [number, rows] of supply) {
          effort.steps--;
          meter.spend(1);
          const after = transitions.next(state, number);
          if (after === REJECTED || after === state) continue;
          const now = [...used, number];
          if (now.filter((each) => each === number).length > rows.length) continue;
          const key = `${after}:${now.toSorted((a, b) => a - b).join()}`;
          if (seen.has(key)) continue;
          seen.add(key);
          if (transitions.next(after, wanted) !== REJECTED) return rowsOf(now);
          next.push({ state: after, used: now });
        }
      }
      level = next;
    }
    return "none";
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    return "unknown";
  }
}

/** The values that the last operation speaks of, each with the rows of the operations with an effect that do so too. */
function spokenOf(problem: Problem): Map<string, number[]> {
  const last = lastOperation(problem);
  const values = problem.classes.map(({ operation }) => new Set(valuesIn(operation)));
  const wanted = values[problem.classOf[last] as number] as Set<string>;
  const found = new Map<string, number[]>();
  for (const [operation, number] of problem.classOf.entries()) {
    if (operation === last || (problem.classes[number] as TransitionClass).pure) continue;
    for (const value of values[number] as Set<string>) {
      if (!wanted.has(value)) continue;
      const rows = found.get(value);
      if (rows === undefined) found.set(value, [problem.rows[operation] as number]);
      else rows.push(problem.rows[operation] as number);
    }
  }
  return found;
}

/** The numbers and texts that an operation was asked with or answered, as JSON. */
export function valuesIn({ input, output = null }: ModelOperation): string[] {
  return [input, output].flatMap(scalarsIn).map((value) => JSON.stringify(value));
}

/** Numbers and texts, however deep they stand; null, true and false are not values that anybody could recognize. */
function scalarsIn(value: Json): Json[] {
  if (value === null || typeof value === "boolean") return [];
  return typeof value === "object" ? Object.values(value).flatMap(scalarsIn) : [value];
}
