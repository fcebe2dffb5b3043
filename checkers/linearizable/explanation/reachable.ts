import type { Json } from "../../../harness/history/index.ts";
import type { Model } from "../../models/index.ts";
import { BudgetExceeded, stepMeter } from "../meter.ts";
import { lastOperation, type Problem, type TransitionClass } from "../preparation/problem.ts";
import { INITIAL, REJECTED, Transitions } from "../search/transitions.ts";
import type { Effort } from "./replay.ts";

/** A state that the object can have been in while the last operation ran, and what was impossible there. */
export interface Reachable {
  readonly state: Json;
  /** The last operation, where its answer cannot be there, and every other that is open at the end and cannot come next. */
  readonly rejections: readonly Rejected[];
  /**
   * Where the answer of the last operation could be there: an operation that ran at the same time, and cannot come right
   * after it, though it could right before.
   */
  readonly blocked?: Rejected;
}

/** An operation of the problem that cannot have had its answer in a state, and why not. */
export interface Rejected {
  readonly operation: number;
  readonly why: string;
}

/** One way in which the operations so far can have gone. */
interface Configuration {
  readonly state: number;
  /** The state in which the last operation was put, or -1. */
  readonly seen: number;
  /** The open operations that have their place, ascending. */
  readonly placed: readonly number[];
}

/**
 * The states that the object can have been in while the last operation ran, over all orders of the other operations that
 * fit, each with why that operation, and every other that is open at the end, is rejected there: the last one first, and of
 * operations that behave equally one. Where it is not rejected, it has no place because of what has to follow. Undefined where that cannot be told within `steps`, or where the operations before
 * the last have no order.
 *
 * Just-in-time linearization (Lowe, CCPE 29(4), 2017, section 4): all configurations from completion to completion, with an
 * observation of the state in the place of the last operation. The reductions of the search apply: pure operations take
 * effect at once, of operations that behave equally the one that is due first, and what was reached with fewer crashed
 * operations stands for the same with more. None changes what states there are.
 *
 * Cost: as many steps as configurations times open operations, at most `steps`, which are taken from the effort.
 */
export function reachable(
  problem: Problem,
  model: Model,
  effort: Effort,
  steps: number,
): Reachable[] | undefined {
  const budget = Math.min(steps, effort.steps);
  let spent = 0;
  const meter = stepMeter(Math.max(0, budget), effort.memoryBytes);
  const spend = () => {
    spent++;
    meter.spend(1);
  };
  try {
    const transitions = new Transitions(model, problem.classes, meter);
    const found = configurations(problem, transitions, spend);
    return found.length === 0 ? undefined : withRejections(problem, model, transitions, found);
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    return undefined;
  } finally {
    effort.steps -= spent;
  }
}

function configurations(problem: Problem, transitions: Transitions, spend: () => void): Configuration[] {
  const last = lastOperation(problem);
  const isPure = (operation: number) =>
    (problem.classes[problem.classOf[operation] as number] as TransitionClass).pure;
  const open = new OpenOperations(problem);
  const answers = (state: number, operation: number) =>
    operation === last ? state : transitions.next(state, problem.classOf[operation] as number);
  /** What it comes to when `operation` takes effect, and then all pure ones that can. */
  const after = (configuration: Configuration, operation: number): Configuration | undefined => {
    spend();
    const state = answers(configuration.state, operation);
    if (state === REJECTED) return undefined;
    const seen = operation === last ? state : configuration.seen;
    return settled({ state, seen, placed: [...configuration.placed, operation] });
  };
  const settled = ({ state, seen, placed }: Configuration): Configuration => {
    const all = [...placed];
    for (const each of open.inOrder) {
      if (each === last || !isPure(each) || placed.includes(each)) continue;
      spend();
      if (answers(state, each) !== REJECTED) all.push(each);
    }
    return { state, seen, placed: all.sort((a, b) => a - b) };
  };
  const isCrashed = (operation: number) => (problem.deadlines[operation] as number) >= problem.completions;
  const fewest = () => new Fewest(isCrashed);
  let current = fewest();
  current.add({ state: INITIAL, seen: -1, placed: [] });
  for (const event of problem.events) {
    const operation = event >> 1;
    if ((event & 1) === 0) {
      open.add(operation);
      if (!isPure(operation) || operation === last) continue;
      const before = current;
      current = fewest();
      for (const configuration of before.list) current.add(settled(configuration));
      continue;
    }
    const returned = fewest();
    const visited = fewest();
    const waiting = [...current.list];
    for (let at = 0; at < waiting.length; at++) {
      const each = waiting[at] as Configuration;
      if (each.placed.includes(operation)) {
        returned.add({ ...each, placed: each.placed.filter((other) => other !== operation) });
        continue;
      }
      for (const candidate of open.candidates(each.placed)) {
        const next = after(each, candidate);
        if (next !== undefined && visited.add(next)) waiting.push(next);
      }
    }
    open.remove(operation);
    current = returned;
  }
  return current.list;
}

/** Configurations of which none is like another with fewer crashed operations used. */
class Fewest {
  readonly #isCrashed: (operation: number) => boolean;
  readonly #byRest = new Map<string, Configuration[]>();

  constructor(isCrashed: (operation: number) => boolean) {
    this.#isCrashed = isCrashed;
  }

  get list(): Configuration[] {
    return [...this.#byRest.values()].flat();
  }

  /** False where it is known, or one that is better. */
  add(configuration: Configuration): boolean {
    const { state, seen, placed } = configuration;
    const rest = `${state} ${seen} ${placed.filter((each) => !this.#isCrashed(each)).join()}`;
    const alike = this.#byRest.get(rest) ?? [];
    const isWithin = (a: Configuration, b: Configuration) =>
      a.placed.every((each) => !this.#isCrashed(each) || b.placed.includes(each));
    if (alike.some((other) => isWithin(other, configuration))) return false;
    this.#byRest.set(rest, [...alike.filter((other) => !isWithin(configuration, other)), configuration]);
    return true;
  }
}

/** The operations that are open, those that are due first at the front. */
class OpenOperations {
  readonly #problem: Problem;
  readonly #last: number;
  inOrder: readonly number[] = [];

  constructor(problem: Problem) {
    this.#problem = problem;
    this.#last = lastOperation(problem);
  }

  add(operation: number): void {
    const due = (each: number) => this.#problem.deadlines[each] as number;
    this.inOrder = [...this.inOrder, operation].sort((a, b) => due(a) - due(b));
  }

  remove(operation: number): void {
    this.inOrder = this.inOrder.filter((each) => each !== operation);
  }

  /** Those that may come next: of each class the first. The last operation is like no other, as it only observes. */
  candidates(placed: readonly number[]): number[] {
    const classes = new Set<number>();
    return this.inOrder.filter((operation) => {
      if (placed.includes(operation)) return false;
      if (operation === this.#last) return true;
      const number = this.#problem.classOf[operation] as number;
      if (classes.has(number)) return false;
      classes.add(number);
      return true;
    });
  }
}

function withRejections(
  problem: Problem,
  model: Model,
  transitions: Transitions,
  found: readonly Configuration[],
): Reachable[] {
  const last = lastOperation(problem);
  const bySeen = new Map<number, Configuration[]>();
  for (const configuration of found) {
    const same = bySeen.get(configuration.seen);
    if (same === undefined) bySeen.set(configuration.seen, [configuration]);
    else same.push(configuration);
  }
  const openAtEnd = Array.from(problem.deadlines.keys()).filter(
    (operation) => (problem.deadlines[operation] as number) >= problem.completions,
  );
  return [...bySeen].map(([number, configurations]) => {
    const state = transitions.state(number);
    const classes = new Set<number>();
    const rejections = [last, ...openAtEnd].flatMap((operation): Rejected[] => {
      const classNumber = problem.classOf[operation] as number;
      const waits = configurations.some(({ placed }) => !placed.includes(operation));
      if (!waits || classes.has(classNumber)) return [];
      classes.add(classNumber);
      const step = model.step(state, (problem.classes[classNumber] as TransitionClass).operation);
      return "rejected" in step ? [{ operation, why: step.rejected }] : [];
    });
    const blocked = rejections[0]?.operation === last ? undefined : blockedAt(problem, model, state);
    return { state, rejections, ...(blocked === undefined ? {} : { blocked }) };
  });
}

function blockedAt(problem: Problem, model: Model, state: Json): Rejected | undefined {
  const last = lastOperation(problem);
  const stepOf = (from: Json, operation: number) =>
    model.step(from, (problem.classes[problem.classOf[operation] as number] as TransitionClass).operation);
  const taken = stepOf(state, last);
  if ("rejected" in taken) return undefined;
  const invoked = problem.events.indexOf(2 * last);
  for (const event of problem.events.subarray(invoked)) {
    const operation = event >> 1;
    if ((event & 1) === 0 || operation === last || "rejected" in stepOf(state, operation)) continue;
    const step = stepOf(taken.state, operation);
    if ("rejected" in step) return { operation, why: step.rejected };
  }
  return undefined;
}
