import type { Model } from "../../models/index.ts";
import { compact, lastOperation, type Problem, restrict } from "../preparation/problem.ts";
import { reasonsOf } from "./reasons.ts";
import { type Effort, lastIsPlaced } from "./replay.ts";
import { witnessRule } from "./rule-of-model.ts";
import { type SameAnomaly, sameAnomaly } from "./same-anomaly.ts";
import type { WitnessRule } from "./witness-rule.ts";

/** A smaller history with the same anomaly. */
export interface Shrunk {
  readonly problem: Problem;
  /** Whether these operations alone prove that the whole has no order; else they are just another history without one. */
  readonly proof: boolean;
  /** Whether nothing that came before, in whatever order, leads to the answer that has no place. */
  readonly fromNowhere: boolean;
}

/**
 * The smaller part of a problem that still cannot place its last completion. Three steps, each with less to work on: the
 * shortest stretch of operations before that completion, by doubling; then what a {@link WitnessRule} lets go, so that the rest
 * proves that the problem has no order; then whatever else can go so that the operation has no place for the same reasons
 * ({@link reasonsOf}). In each, what it comes from stays ({@link sameAnomaly}), and operations are left out in pieces
 * that get smaller, until none can go: crashed ones first, then the oldest, those in `preferred` last.
 *
 * `problem` has no order, and its last completion is the one that cannot be placed. `fixed` are rows that stay.
 * Cost: `effort.steps` at most, which are taken from it; when they run out the result is larger than need be.
 */
export function shrink(
  problem: Problem,
  model: Model,
  effort: Effort,
  { preferred = new Set(), fixed = new Set(), rule: ruleOfWhole = witnessRule(problem, model) }: Wishes = {},
): Shrunk {
  const early = problem.size > LARGE ? undefined : sameAnomaly(compact(problem), model, effort);
  const stretch = compact(
    shortestStretch(problem, model, effort, { fixed, rule: ruleOfWhole, anomaly: early }),
  );
  const anomaly = early ?? sameAnomaly(stretch, model, effort);
  const rule = witnessRule(stretch, model);
  const wishes = { preferred, fixed };
  const proof = leaveOut(stretch, inTurn(stretch, rule.units(), wishes), effort, {
    allows: (keep) => rule.missing(keep).length === 0,
    fails: (rest) => anomaly.holds(rest) && stillFails(rest, model, effort),
  });
  const reasons = reasonsOf(proof, model, effort);
  let smallest = proof;
  for (let size = -1; size !== smallest.size; ) {
    size = smallest.size;
    for (const together of [1, 2]) {
      smallest = leaveOut(smallest, inTurn(smallest, choices(smallest, together), wishes), effort, {
        allows: () => true,
        fails: (rest) =>
          anomaly.holds(rest) &&
          stillFails(rest, model, effort) &&
          (reasons === undefined || isWithin(reasonsOf(rest, model, effort), reasons)),
      });
    }
  }
  return { problem: smallest, proof: smallest.size === proof.size, fromNowhere: anomaly.fromNowhere };
}

function isWithin(some: ReadonlySet<string> | undefined, all: ReadonlySet<string>): boolean {
  return some !== undefined && [...some].every((each) => all.has(each));
}

/** Rows that go last, and rows that stay. */
interface Wishes {
  readonly preferred?: ReadonlySet<number>;
  readonly fixed?: ReadonlySet<number>;
  /** That of the whole problem, where it is at hand. */
  readonly rule?: WitnessRule;
}

/** With more operations than these, what the last one comes from is looked for in the stretch: the rule has kept it. */
const LARGE = 20_000;
/** With more operations than these, not every pair of them is tried. */
const MOST_IN_PAIRS = 24;

/** Each operation, or each two of them, but the last. Two can go where one cannot: what was put in and taken out. */
function choices(problem: Problem, together: number): number[][] {
  const last = lastOperation(problem);
  const singles = Array.from(problem.rows, (_, operation) => operation).filter((each) => each !== last);
  if (together === 1) return singles.map((operation) => [operation]);
  if (problem.size > MOST_IN_PAIRS) return [];
  return singles.flatMap((a, at) => singles.slice(at + 1).map((b) => [a, b]));
}

function inTurn(
  problem: Problem,
  units: readonly number[][],
  wishes: Required<Omit<Wishes, "rule">>,
): readonly number[][] {
  const { preferred, fixed } = wishes;
  const rowOf = (operation: number) => problem.rows[operation] as number;
  const isOpen = (operation: number) => (problem.deadlines[operation] as number) >= problem.completions;
  const turn = (unit: readonly number[]) =>
    unit.some((each) => preferred.has(rowOf(each))) ? 2 : unit.every(isOpen) ? 0 : 1;
  return units
    .filter((unit) => !unit.some((each) => fixed.has(rowOf(each))))
    .map((unit) => ({ unit, turn: turn(unit) }))
    .sort((a, b) => a.turn - b.turn)
    .map(({ unit }) => unit);
}

interface Condition {
  /** Cheap. */
  allows(keep: Uint8Array): boolean;
  fails(rest: Problem): boolean;
}

/** Leaves out units in pieces that get smaller, until no unit can go. Single units are tried again after any has gone. */
function leaveOut(
  problem: Problem,
  units: readonly (readonly number[])[],
  effort: Effort,
  condition: Condition,
): Problem {
  const keep = new Uint8Array(problem.size).fill(1);
  let left = units;
  let best = problem;
  for (let piece = Math.max(1, units.length >> 1); effort.steps > 0; piece = Math.max(1, piece >> 1)) {
    let changed = false;
    for (let from = 0; from < left.length && effort.steps > 0; from += piece) {
      const tried = left
        .slice(from, from + piece)
        .flat()
        .filter((operation) => keep[operation] === 1);
      if (tried.length === 0) continue;
      for (const operation of tried) keep[operation] = 0;
      effort.steps -= problem.size;
      const rest = condition.allows(keep) ? restrictTo(problem, keep) : undefined;
      if (rest !== undefined && condition.fails(rest)) {
        changed = true;
        best = rest;
      } else for (const operation of tried) keep[operation] = 1;
    }
    if (piece === 1 && !changed) break;
    left = left.filter((unit) => unit.some((operation) => keep[operation] === 1));
  }
  return best;
}

function shortestStretch(
  problem: Problem,
  model: Model,
  effort: Effort,
  { fixed, rule, anomaly }: Required<Pick<Wishes, "fixed" | "rule">> & { anomaly: SameAnomaly | undefined },
): Problem {
  const last = lastOperation(problem);
  let size = 0;
  for (let length = 1; length < problem.size && effort.steps > 0; length *= 2) {
    const keep = new Uint8Array(problem.size).fill(1, problem.size - length);
    keep[last] = 1;
    if (fixed.size > 0)
      for (const [operation, row] of problem.rows.entries()) if (fixed.has(row)) keep[operation] = 1;
    // What the stretch leans on comes with it, and may lean on more.
    for (let back = rule.missing(keep); back.length > 0; back = rule.missing(keep)) {
      for (const operation of back) keep[operation] = 1;
      // A chain of changes comes back one link at a time. To look for the next takes less than a step an operation.
      effort.steps -= 1 + (problem.size >> 6);
      if (effort.steps <= 0) return problem;
    }
    effort.steps -= problem.size;
    const stretch = restrictTo(problem, keep);
    if (stretch.size === problem.size) break;
    if (stretch.size > size && (anomaly?.holds(stretch) ?? true) && stillFails(stretch, model, effort))
      return stretch;
    size = stretch.size;
  }
  return problem;
}

function stillFails(problem: Problem, model: Model, effort: Effort): boolean {
  return lastIsPlaced(problem, model, effort) === false;
}

function restrictTo(problem: Problem, keep: Uint8Array): Problem {
  return restrict(problem, keep, problem.completions - 1);
}
