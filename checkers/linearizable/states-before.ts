import type { Json } from "../../harness/history/index.ts";
import type { Model } from "../models/index.ts";
import { BreadthFirst } from "./breadth-first.ts";
import type { Cursor } from "./cursor.ts";
import { BudgetExceeded, type Meter, stepMeter } from "./meter.ts";
import type { Problem } from "./problem.ts";
import { ALL_REDUCTIONS, type Reductions } from "./reductions.ts";
import type { Effort } from "./shrink.ts";
import { INITIAL, Transitions } from "./transitions.ts";
import { Role } from "./window.ts";

/** One way in which things can stand just before a completion: what took effect so far leaves the object in a state. */
export interface StateBefore {
  readonly state: Json;
  /** Of the operations that are open, by number: those that have taken effect, or have had their answer. */
  readonly placed: readonly number[];
  /** The others: they may come next, but where the model rejects them. */
  readonly open: readonly number[];
}

/**
 * In what ways things can stand when the completion at `position` cannot be placed although all before it can: what
 * each operation in `open` is rejected for can be asked of the model, `model.step(state, operation)`. Works for any
 * model. First come the states in which everything before just has its place, then those with more of the open
 * operations. Ways that are no better than another one are left out (R2 and R3 of {@link Reductions}): of equal operations
 * the one that is due first is placed, and more crashed ones are placed only where that leads to another state.
 *
 * Undefined where the completion can be placed, where an earlier one cannot, or where the effort does not suffice.
 *
 * Cost: `effort.steps` at most, which are taken from it. Exponential in the number of open operations that differ, so best
 * asked of a problem that was shrunk.
 */
export function statesBefore(
  problem: Problem,
  model: Model,
  position: number,
  effort: Effort,
): StateBefore[] | undefined {
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
  try {
    return explore(problem, model, position, meter);
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    return undefined;
  } finally {
    effort.steps -= spent + problem.events.length;
  }
}

/** What is overwritten at once is shown where it is placed, instead of being left to later. */
const REDUCTIONS: Reductions = { ...ALL_REDUCTIONS, coveredWrites: false };

function explore(problem: Problem, model: Model, position: number, meter: Meter): StateBefore[] | undefined {
  const transitions = new Transitions(model, problem.classes, meter);
  const setting = { problem, openAtStart: 0, isBlind: () => false };
  const walk = new BreadthFirst(setting, transitions, REDUCTIONS, meter, [INITIAL]);
  let verdict = walk.run(1);
  while (verdict === undefined && walk.progress.position <= position) verdict = walk.run(1);
  if (verdict !== "invalid" || walk.progress.position !== position) return undefined;
  return Array.from(walk.configurations(), (cursor) => stateBefore(cursor, transitions));
}

function stateBefore(cursor: Cursor, transitions: Transitions): StateBefore {
  const placed: number[] = [];
  const open: number[] = [];
  for (const operation of cursor.window.open()) {
    const waits =
      cursor.window.roles[operation] === Role.pure ? cursor.has(operation) : !cursor.has(operation);
    (waits ? open : placed).push(operation);
  }
  return { state: transitions.state(cursor.state), placed, open };
}
