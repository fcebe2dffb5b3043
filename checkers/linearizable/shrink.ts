import type { Model } from "../models/index.ts";
import { intervals } from "./intervals.ts";
import { type Meter, stepMeter } from "./meter.ts";
import { type Problem, restrict } from "./problem.ts";
import { search } from "./search.ts";
import { Transitions } from "./transitions.ts";
import { missing } from "./witness-rule.ts";

/** What an explanation may spend. In steps and not in time, so that the same history gives the same text. */
export interface Effort {
  steps: number;
  readonly memoryBytes: number;
}

/**
 * The smaller part of a problem that still cannot place its last completion, and proves by {@link missing} that the
 * problem has no order either. First the shortest stretch of operations before that completion, by doubling; then one
 * operation after the other is left out, in pieces that get smaller, until none can go: crashed ones first, those in
 * `preferred` last.
 *
 * `problem` has no order, and its last completion is the one that cannot be placed.
 * Cost: `effort.steps` at most, which are taken from it; when they run out the result is larger than need be.
 */
export function shrink(
  problem: Problem,
  model: Model,
  effort: Effort,
  preferred: readonly number[] = [],
): Problem {
  const stretch = shortestStretch(problem, model, effort);
  const all = intervals(stretch, model);
  const last = lastOperation(stretch);
  const preferredRows = new Set(preferred.map((operation) => problem.rows[operation] as number));
  /** Crashed ones go first, those that are preferred last, and otherwise the oldest first. */
  const turn = (operation: number) =>
    isOpen(stretch, operation) ? 0 : preferredRows.has(stretch.rows[operation] as number) ? 2 : 1;
  const order = all
    .map(({ operation }) => operation)
    .filter((operation) => operation !== last)
    .sort((a, b) => turn(a) - turn(b) || a - b);
  const keep = new Uint8Array(stretch.size).fill(1);
  let piece = Math.max(1, order.length >> 1);
  for (;;) {
    let changed = false;
    for (let from = 0; from < order.length; from += piece) {
      const tried = order.slice(from, from + piece).filter((operation) => keep[operation] === 1);
      if (tried.length === 0) continue;
      for (const operation of tried) keep[operation] = 0;
      effort.steps -= stretch.size;
      if (missing(all, keep).length === 0 && stillFails(restrictTo(stretch, keep), model, effort)) {
        changed = true;
      } else for (const operation of tried) keep[operation] = 1;
      if (effort.steps <= 0) return restrictTo(stretch, keep);
    }
    if (piece === 1 && !changed) return restrictTo(stretch, keep);
    piece = Math.max(1, piece >> 1);
  }
}

function shortestStretch(problem: Problem, model: Model, effort: Effort): Problem {
  const all = intervals(problem, model);
  const last = lastOperation(problem);
  for (let length = 8; length < problem.size && effort.steps > 0; length *= 2) {
    const keep = new Uint8Array(problem.size).fill(1, problem.size - length);
    keep[last] = 1;
    // What the stretch leans on comes with it, and may lean on more.
    for (let back = missing(all, keep); back.length > 0; back = missing(all, keep)) {
      for (const operation of back) keep[operation] = 1;
    }
    effort.steps -= problem.size;
    const stretch = restrictTo(problem, keep);
    if (stillFails(stretch, model, effort)) return stretch;
  }
  return problem;
}

function stillFails(problem: Problem, model: Model, effort: Effort): boolean {
  return lastIsPlaced(problem, model, effort) === false;
}

/**
 * Whether the last completion can be placed as all before it can; undefined where an earlier one cannot, or where the
 * effort does not suffice.
 */
export function lastIsPlaced(problem: Problem, model: Model, effort: Effort): boolean | undefined {
  if (effort.steps <= 0) return undefined;
  const clock = stepMeter(effort.steps, effort.memoryBytes);
  let spent = 0;
  const meter: Meter = {
    spend(steps) {
      spent += steps;
      clock.spend(steps);
    },
    allocate: (sizeBytes) => clock.allocate(sizeBytes),
  };
  const result = search(problem, () => new Transitions(model, problem.classes, meter), meter);
  effort.steps -= spent + problem.events.length;
  if (result.verdict === "valid") return true;
  const atLast = result.progress.position === problem.completions - 1;
  return result.verdict === "invalid" && atLast ? false : undefined;
}

/** The operation whose completion is the last event. */
export function lastOperation(problem: Problem): number {
  return (problem.events.at(-1) as number) >> 1;
}

function isOpen(problem: Problem, operation: number): boolean {
  return (problem.deadlines[operation] as number) >= problem.completions;
}

function restrictTo(problem: Problem, keep: Uint8Array): Problem {
  return restrict(problem, keep, problem.completions - 1);
}
