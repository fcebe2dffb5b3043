import { NEEDS_NONE } from "../preparation/flow.ts";
import { type Interval, needsOneState } from "./intervals.ts";
import type { WitnessRule } from "./witness-rule.ts";

/**
 * The {@link WitnessRule} of a model with a dataflow. Taking away an operation that leaves a state v is sound when no
 * operation that is left can have found v there through it: each one that needs v was over before it was invoked, or ran
 * after another operation that is left had set a state in between. Then an order of the whole stays legal when it
 * goes. An operation with an effect but without a known state never goes.
 *
 * Beside being sound, a witness should tell the story: of the operations that wrote what is observed, the last
 * always stays, so that a stale read does not come out as a value that nobody wrote.
 *
 * Cost: O(m log m) for m operations once, then for each question O(m) steps of a typed array and O(log m) and the suspects
 * for each operation kept.
 */
export class DataflowRule implements WitnessRule {
  readonly #all: readonly Interval[];
  readonly #last: number;
  readonly #settersOf = new Map<string, Setters>();
  readonly #setters = new Setters();
  readonly #blindBefore: (instant: number) => Interval | undefined;
  /** Operations whose effect is not known. */
  readonly #unknown: number[] = [];

  constructor(all: readonly Interval[], last: number) {
    this.#all = all;
    this.#last = last;
    this.#blindBefore = lastSetBefore(all.filter(({ pure, needs }) => !pure && needs === NEEDS_NONE));
    for (const interval of all) {
      if (interval.pure) continue;
      if (interval.leaves === undefined) {
        this.#unknown.push(interval.operation);
        continue;
      }
      let same = this.#settersOf.get(interval.leaves);
      if (same === undefined) {
        same = new Setters();
        this.#settersOf.set(interval.leaves, same);
      }
      same.add(interval);
      this.#setters.add(interval);
    }
  }

  /** `looks`: an operation that is taken for one that looks at whatever state it finds. */
  missing(keep: Uint8Array, looks = -1): number[] {
    const kept: Interval[] = [];
    for (let operation = 0; operation < keep.length; operation++) {
      if (keep[operation] === 1) kept.push(this.#all[operation] as Interval);
    }
    const back = new Set(this.#unknown.filter((operation) => keep[operation] === 0));
    const sources = sourcesByState(kept);
    const setBefore = lastSetBefore(kept);
    for (const observer of kept) {
      if (observer.needs === NEEDS_NONE && observer.operation !== looks) continue;
      const needsOne = needsOneState(observer) && observer.operation !== looks;
      const setters = needsOne ? this.#settersOf.get(observer.needs) : this.#setters;
      if (setters === undefined) continue;
      const since = setBefore(observer.call)?.call ?? Number.NEGATIVE_INFINITY;
      const suspects: Interval[] = [];
      setters.suspects(observer, since, (writer) => {
        if (keep[writer.operation] === 0) suspects.push(writer);
      });
      // One operation that needs nothing itself can clear all suspects that were over before it.
      const screen = suspects.length > 1 ? this.#blindBefore(observer.call) : undefined;
      const clears = screen !== undefined && screen.call > since;
      for (const writer of clears ? [screen] : suspects) back.add(writer.operation);
      if (!needsOne) continue;
      const isSource = (writer: Interval) => writer.call <= observer.ret && writer !== observer;
      if (sources.get(observer.needs)?.some(isSource)) continue;
      const source = setters.latest(observer);
      if (source !== undefined) back.add(source.operation);
    }
    return [...back].sort((a, b) => a - b);
  }

  units(): number[][] {
    return this.#all.flatMap(({ operation }) => (operation === this.#last ? [] : [[operation]]));
  }
}

/** One for all, as there is one list for each value. */
const NONE: Interval[] = [];

/** Operations that set a state, in order of invocation. */
class Setters {
  readonly #answered: Interval[] = [];
  /** Of those up to each, the latest return. */
  readonly #latestReturn: number[] = [];
  #unanswered = NONE;

  add(setter: Interval): void {
    if (setter.ret === Number.POSITIVE_INFINITY) {
      if (this.#unanswered === NONE) this.#unanswered = [];
      this.#unanswered.push(setter);
      return;
    }
    this.#latestReturn.push(Math.max(this.#latestReturn.at(-1) ?? setter.ret, setter.ret));
    this.#answered.push(setter);
  }

  /** Those that were invoked before `observer` was over, and not yet over at `since`. */
  suspects(observer: Interval, since: number, found: (writer: Interval) => void): void {
    for (let index = this.#before(observer.ret) - 1; index >= 0; index--) {
      if ((this.#latestReturn[index] as number) <= since) break;
      const writer = this.#answered[index] as Interval;
      if (writer.ret > since) found(writer);
    }
    for (const writer of this.#unanswered) {
      if (writer.call >= observer.ret) break;
      found(writer);
    }
  }

  /** The last that was invoked before `observer` was over. */
  latest(observer: Interval): Interval | undefined {
    let index = this.#before(observer.ret) - 1;
    if (this.#answered[index] === observer) index--;
    const answered = this.#answered[index];
    const unanswered = this.#unanswered.findLast((each) => each.call <= observer.ret && each !== observer);
    return (unanswered?.call ?? -1) > (answered?.call ?? -1) ? unanswered : answered;
  }

  /** How many of the answered ones were invoked before an instant. */
  #before(instant: number): number {
    let low = 0;
    let high = this.#answered.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#answered[middle] as Interval).call < instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function sourcesByState(kept: readonly Interval[]): Map<string, Interval[]> {
  const sources = new Map<string, Interval[]>();
  for (const interval of kept) {
    if (interval.leaves === undefined) continue;
    const list = sources.get(interval.leaves);
    if (list === undefined) sources.set(interval.leaves, [interval]);
    else list.push(interval);
  }
  return sources;
}

/** For an instant: of the operations that set a state and had returned by then, the one that was invoked last. */
function lastSetBefore(some: readonly Interval[]): (instant: number) => Interval | undefined {
  const setters = some
    .filter(({ leaves, ret }) => leaves !== undefined && ret !== Number.POSITIVE_INFINITY)
    .sort((a, b) => a.ret - b.ret);
  const latest: Interval[] = [];
  for (const setter of setters) {
    const before = latest.at(-1);
    latest.push(before === undefined || setter.call > before.call ? setter : before);
  }
  return (instant) => {
    let low = 0;
    let high = setters.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((setters[middle] as Interval).ret < instant) low = middle + 1;
      else high = middle;
    }
    return latest[low - 1];
  };
}
