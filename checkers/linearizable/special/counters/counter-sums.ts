import type { Meter } from "../../meter.ts";
import { byPlace, outOfOrder } from "../chain.ts";
import { declined, lastToComplete, valid, violation, watch } from "../extents.ts";
import { rankIn } from "../ranks.ts";
import { LEFT_OUT } from "../slots.ts";
import type { SpecialChecker, SpecialDecision } from "../special-checker.ts";
import { type CounterOperations, counterOperations, withIncrementsBefore } from "./counter-operations.ts";

/**
 * Counters all of whose completed increments answer the sum, where these are all of one sign, crashed ones included; or where
 * none crashed, and the sums are distinct and differ from the initial value.
 *
 * An increment of n that answers s took the counter from s - n to s. Where no crashed increment took effect, the next one
 * after the value s is the one that starts at s; there is one at most, as the counter is at s only once. So the whole
 * order is known, a chain, as is the place of each read. Where all are of one sign the counter never turns back: if the
 * chain has no gap, no crashed increment can have taken effect before its last link, and after that none has to. Where
 * it has a gap and increments crashed, they might fill it: declined.
 *
 * Cost: O(n log n).
 */
export const counterSums: SpecialChecker = {
  name: "counter-sums",
  models: ["counter"],
  decide(object, options, meter) {
    const operations = counterOperations(object, options.init, meter);
    if (operations.hasSilentAdds) return declined("an increment does not answer the sum");
    meter.allocate(44 * operations.extents.size);
    const found = linksOf(operations, meter);
    return "verdict" in found ? found : decide(operations, found, meter);
  },
};

/** The order of the completed increments, where there is but one. */
interface Links {
  /** In order of effect. */
  readonly links: Int32Array;
  /** The sums to which they come, ascending. */
  readonly sums: Float64Array;
  readonly someCrashed: boolean;
}

function decide(
  operations: CounterOperations,
  { links, sums, someCrashed }: Links,
  meter: Meter,
): SpecialDecision {
  const { extents, amount, seen, init } = operations;
  const rankOf = rankIn(sums);
  const taken = new Int32Array(links.length);
  for (let at = 0; at < links.length; at++) taken[rankOf(seen[links[at] as number] as number)] = at + 1;
  const places = new Int32Array(extents.size).fill(LEFT_OUT);
  for (let at = 0; at < extents.size; at++) {
    watch(meter, at);
    const value = seen[at] as number;
    if (Number.isNaN(value)) continue;
    const rank = rankOf(value);
    if (rank === -1 && value !== init) {
      if (someCrashed) return declined("what was read may be the sum of a crashed increment");
      const why = `but the increments never come to ${value}`;
      return violation(extents, withIncrementsBefore(operations, [at]), at, why);
    }
    const before = rank === -1 ? 0 : (taken[rank] as number);
    places[at] = amount[at] === 0 ? 2 * before + 1 : 2 * before;
  }
  const chain = byPlace(places, 2 * links.length + 2);
  const pair = outOfOrder(chain, extents, meter);
  if (pair === undefined) return valid(extents, () => chain);
  const { earlier, later } = pair;
  const why = `but the counter had come to ${seen[later]} before it was invoked`;
  return violation(extents, withIncrementsBefore(operations, [earlier, later]), earlier, why);
}

function linksOf(operations: CounterOperations, meter: Meter): Links | SpecialDecision {
  const { extents, amount, seen, init } = operations;
  let someCrashed = false;
  let sign: number | undefined;
  let completed = 0;
  const increments = new Int32Array(extents.size);
  for (let at = 0; at < extents.size; at++) {
    const its = Math.sign(amount[at] as number);
    if (its === 0) continue;
    sign = sign === undefined || sign === its ? its : 0;
    if (Number.isNaN(seen[at])) someCrashed = true;
    else if (!Number.isSafeInteger(startOf(operations, at)))
      return declined("differences that are not exact");
    else increments[completed++] = at;
  }
  const sums = new Float64Array(completed);
  for (let index = 0; index < completed; index++) sums[index] = seen[increments[index] as number] as number;
  const rankOf = rankIn(sums.sort());
  const bySum = new Int32Array(completed).fill(-1);
  for (let index = 0; index < completed; index++) {
    watch(meter, index);
    const at = increments[index] as number;
    const rank = rankOf(seen[at] as number);
    const other = bySum[rank] as number;
    if (other !== -1) {
      return sign === 0 ? declined("the counter comes to one sum twice") : clash(operations, other, at);
    }
    bySum[rank] = at;
  }
  if (sign === 0) {
    if (someCrashed) return declined("increments of both signs, of which some crashed");
    if (rankOf(init) !== -1) return declined("the counter comes back to its initial value");
    const links = follow(operations, bySum, meter);
    if (links.length < completed) return declined("the chain of sums has a gap");
    return { links, sums, someCrashed };
  }
  const links = sign === -1 ? bySum.reverse() : bySum;
  return breakIn(operations, links, sign ?? 1, someCrashed) ?? { links, sums, someCrashed };
}

/** Where increments of one sign, in order of their sums, do not each start where the one before came to. */
function breakIn(
  operations: CounterOperations,
  links: Int32Array,
  sign: number,
  someCrashed: boolean,
): SpecialDecision | undefined {
  const { extents, seen, init } = operations;
  for (let at = 1; at < links.length; at++) {
    const [before, after] = [links[at - 1] as number, links[at] as number];
    // In order of sums, two of them overlap only where two neighbours do.
    if (sign * ((seen[before] as number) - startOf(operations, after)) > 0)
      return clash(operations, before, after);
  }
  let value = init;
  for (let at = 0; at < links.length; at++) {
    const link = links[at] as number;
    const ahead = sign * (startOf(operations, link) - value);
    if (ahead > 0 && someCrashed) return declined("a crashed increment may fill a gap in the chain of sums");
    if (ahead !== 0) {
      // None of those beyond the gap has a place, so the first to complete shows it.
      const beyond = links.subarray(at, ahead < 0 ? at + 1 : undefined);
      const first = beyond.reduce((a, b) =>
        (extents.ret[b] as number) < (extents.ret[a] as number) ? b : a,
      );
      const why = `but no order of the increments comes to ${startOf(operations, first)} before it`;
      return violation(extents, withIncrementsBefore(operations, [first]), first, why);
    }
    value = seen[link] as number;
  }
  return undefined;
}

/** Two increments of one sign that both pass over the same values. */
function clash(operations: CounterOperations, one: number, other: number): SpecialDecision {
  const { extents, seen } = operations;
  const last = lastToComplete(extents, [one, other]);
  const first = last === one ? other : one;
  const why = `but another increment took the counter from ${startOf(operations, first)} to ${seen[first]}`;
  return violation(extents, withIncrementsBefore(operations, [one, other]), last, why);
}

/** From the initial value, always the increment that starts at the sum that the last one came to. */
function follow(operations: CounterOperations, bySum: Int32Array, meter: Meter): Int32Array {
  const starts = new Float64Array(bySum.length);
  for (let rank = 0; rank < bySum.length; rank++) starts[rank] = startOf(operations, bySum[rank] as number);
  const rankOf = rankIn(starts.sort());
  const byStart = new Int32Array(bySum.length);
  for (const at of bySum) byStart[rankOf(startOf(operations, at))] = at;
  const links = new Int32Array(bySum.length);
  let length = 0;
  let value = operations.init;
  // Sums are distinct and none is the initial value, so that no increment comes twice.
  for (;;) {
    watch(meter, length);
    const rank = rankOf(value);
    if (rank === -1) return links.slice(0, length);
    const link = byStart[rank] as number;
    links[length++] = link;
    value = operations.seen[link] as number;
  }
}

function startOf({ amount, seen }: CounterOperations, at: number): number {
  return (seen[at] as number) - (amount[at] as number);
}
