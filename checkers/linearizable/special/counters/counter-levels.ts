import type { Meter } from "../../meter.ts";
import { declined, lastToComplete, valid, violation } from "../extents.ts";
import { FREE, fillSlots, LEFT_OUT, type SlotAnswer } from "../slots.ts";
import type { SpecialChecker, SpecialDecision } from "../special-checker.ts";
import { type CounterOperations, counterOperations, withIncrementsBefore } from "./counter-operations.ts";

/**
 * Counters whose increments all add the same amount d ≠ 0, crashed ones included; what adds 0 is a read.
 *
 * Whatever the order, the counter goes through init, init + d, init + 2d, …, so each answer tells how many increments took
 * effect before: an increment that answers took a slot known from its answer, the others are interchangeable and fill the
 * rest ({@link fillSlots}).
 *
 * Cost: O(n log n).
 */
export const counterLevels: SpecialChecker = {
  name: "counter-levels",
  models: ["counter"],
  decide(object, options, meter) {
    const operations = counterOperations(object, options.init, meter);
    if (operations.hasSilentZeros) return declined("an increment of 0 has no place of its own");
    const amount = commonAmount(operations);
    return amount === undefined
      ? declined("the increments differ in what they add")
      : decide(operations, amount, meter);
  },
};

/** What every increment adds, or undefined where they differ. */
function commonAmount({ amount }: CounterOperations): number | undefined {
  let common = 0;
  for (const each of amount) {
    if (each === 0 || each === common) continue;
    if (common !== 0) return undefined;
    common = each;
  }
  return common === 0 ? 1 : common;
}

function decide(operations: CounterOperations, step: number, meter: Meter): SpecialDecision {
  const { extents, amount, seen, init } = operations;
  const { size, ret } = extents;
  meter.allocate(4 * size);
  const places = new Int32Array(size);
  let increments = 0;
  for (const each of amount) if (each !== 0) increments++;
  const slotTaken = new Int32Array(increments + 1).fill(-1);
  let slots = 0;
  let twins: readonly number[] | undefined;
  for (let at = 0; at < size; at++) {
    const value = seen[at] as number;
    const adds = amount[at] !== 0;
    if (Number.isNaN(value)) {
      places[at] = adds ? FREE : LEFT_OUT;
      continue;
    }
    if (!Number.isSafeInteger(value - init)) return declined("differences that are not exact");
    const level = (value - init) / step;
    // The counter never is there, wherever the operation stands. (The quotient may be rounded, the remainder is not.)
    if ((value - init) % step !== 0 || level < (adds ? 1 : 0)) {
      return violation(extents, [at], at, neverThere(init, step));
    }
    if (level > increments) {
      return violation(extents, withIncrementsBefore(operations, [at]), at, tooFew(operations, step, at));
    }
    places[at] = adds ? 2 * level : 2 * level + 1;
    slots = Math.max(slots, level);
    if (!adds) continue;
    const other = slotTaken[level] as number;
    if (other === -1) slotTaken[level] = at;
    else twins = firstToEnd(ret, twins, [other, at]);
  }
  if (twins !== undefined) {
    const last = lastToComplete(extents, twins);
    const why = `but another increment had come to ${seen[last]} too, and every increment adds ${step}`;
    return violation(extents, withIncrementsBefore(operations, twins), last, why);
  }
  const answer = fillSlots({ places, slots, extents }, meter);
  return answer.kind === "filled" ? valid(extents, answer.order) : explain(operations, step, places, answer);
}

/** Of two pairs the one that has ended first. */
function firstToEnd(
  ret: Int32Array,
  one: readonly number[] | undefined,
  other: readonly number[],
): readonly number[] {
  const end = (pair: readonly number[]) => Math.max(...pair.map((each) => ret[each] as number));
  return one !== undefined && end(one) <= end(other) ? one : other;
}

function explain(
  operations: CounterOperations,
  step: number,
  places: Int32Array,
  answer: Exclude<SlotAnswer, { kind: "filled" }>,
): SpecialDecision {
  const { extents, seen } = operations;
  if (answer.kind === "turned") {
    const { earlier, later } = answer;
    const why = `but the counter had come to ${seen[later]} before it was invoked`;
    return violation(extents, withIncrementsBefore(operations, [earlier, later]), earlier, why);
  }
  const { observer } = answer;
  if (answer.kind === "missing") {
    return violation(
      extents,
      withIncrementsBefore(operations, [observer]),
      observer,
      tooFew(operations, step, observer),
    );
  }
  const completed = completedBefore(operations, observer);
  const level = (places[observer] as number) >> 1;
  if (completed.length > level) {
    const why = `but ${count(completed.length)} of ${step} had completed before it was invoked`;
    const few = completed.slice(0, level + 1);
    const silent = few.every((each) => Number.isNaN(seen[each]));
    const proof = silent ? [observer, ...few] : withIncrementsBefore(operations, [observer]);
    return violation(extents, proof, observer, why);
  }
  const { floor } = answer;
  const since = floor === -1 ? "from the beginning" : `after it had come to ${seen[floor]}`;
  const why = `but the increments that took effect ${since} and before it was invoked carry the counter further`;
  const told = floor === -1 ? [observer] : [floor, observer];
  return violation(extents, withIncrementsBefore(operations, told), observer, why);
}

function neverThere(init: number, step: number): string {
  return `but the counter stood at ${init} at first, and every increment adds ${step}`;
}

function tooFew({ extents, amount, seen }: CounterOperations, step: number, observer: number): string {
  const end = extents.ret[observer] as number;
  let invoked = 0;
  for (let at = 0; at < extents.size && (extents.call[at] as number) < end; at++)
    if (amount[at] !== 0) invoked++;
  const most = `only ${count(invoked)} of ${step} had been invoked by then`;
  return Math.abs((seen[observer] as number) / step) > invoked
    ? `but ${most}`
    : `but too few of the ${count(invoked)} of ${step} that had been invoked by then can come before it`;
}

/** Increments that completed before an operation was invoked, those first whose answers tell nothing. */
function completedBefore({ extents, amount, seen }: CounterOperations, operation: number): number[] {
  const { size, call, ret } = extents;
  const begun = call[operation] as number;
  const found: number[] = [];
  const answered: number[] = [];
  for (let at = 0; at < size && (call[at] as number) < begun; at++) {
    if (amount[at] === 0 || (ret[at] as number) > begun) continue;
    (Number.isNaN(seen[at]) ? found : answered).push(at);
  }
  return [...found, ...answered];
}

function count(increments: number): string {
  return increments === 1 ? "1 increment" : `${increments} increments`;
}
