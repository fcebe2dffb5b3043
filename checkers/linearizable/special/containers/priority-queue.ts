import { invariant } from "../../../../harness/errors.ts";
import type { Meter } from "../../meter.ts";
import { ascending } from "./ascending.ts";
import { covering } from "./by-themselves.ts";
import type { Discipline, Found } from "./discipline.ts";
import { shortestStays } from "./shortest-stays.ts";
import { EarliestEnd, sightingsOf } from "./sightings.ts";
import type { Spans } from "./spans.ts";
import { Uncovered } from "./uncovered.ts";
import { listed, valueText, witness } from "./witness.ts";

/** The largest first. */
export const priorityQueue: Discipline = {
  decide,
  outBy(spans) {
    const earliest = new EarliestEnd(spans.count);
    const outBy = new Int32Array(spans.size);
    for (const stay of byPriority(spans).reverse()) {
      outBy[stay] = earliest.after(spans.first[stay] as number);
      for (const sighting of sightingsOf(spans, stay)) earliest.add(sighting);
    }
    return outBy;
  },
  isInTheWay: (spans, stay, other, { from }) =>
    priorityOf(spans, stay) > priorityOf(spans, other) && from > (spans.first[stay] as number),
};

/**
 * Smaller values never matter to larger ones, so values are taken in descending order. A peek or removal of v is possible
 * if and only if some instant of its own, from the addition of v on, is not covered by a larger value; the removal needs one
 * after the calls of all peeks of v too.
 *
 * Necessary: at a covered instant a larger value is inside in every order. Sufficient: let v be inside for as short as it
 * can: from first(v), or the last uncovered instant before it, to the first uncovered instant from last(v) on, with its peeks at
 * uncovered instants in between. What v is inside beyond its own span is covered by larger values already, so smaller
 * values see exactly the spans: the argument goes on with the next value. At an instant where nothing is covered, what leaves goes
 * first, the largest at the head, and what enters goes last; so the queue is empty in between, for the answers that say so.
 * ({@link shortestStays} builds that order.)
 *
 * Cost: O(n log n), for sorting; coverage only grows, so union-find does. (Lee and Mathur, OOPSLA 2025, use a segment tree.)
 */
function decide(spans: Spans, meter: Meter): Found {
  const { contents, size, count, call, first, last, ret } = spans;
  const { peeks, peeksFrom, instants } = contents;
  const descending = byPriority(spans);
  meter.allocate(count * 4 + size * 16);
  const covered = new Uncovered(count);
  for (let place = 0; place < size; place++) {
    if ((place & 1023) === 0) meter.spend(1024);
    const stay = descending[place] as number;
    const blocked = (operation: number, from: number, to: number): Found => ({
      contradiction: blockedBy(spans, stay, descending.subarray(0, place), operation, from, to),
    });
    for (let at = peeksFrom[stay] as number; at < (peeksFrom[stay + 1] as number); at++) {
      const peek = peeks[at] as number;
      const from = Math.max(call[stay] as number, instants.call[peek] as number);
      const to = instants.ret[peek] as number;
      if (covered.from(from) > to) return blocked(peek, from, to);
    }
    const [from, to] = [last[stay] as number, ret[stay] as number];
    if (covered.from(from) > to) return blocked(spans.removal[stay] as number, from, to);
    covered.cover((first[stay] as number) + 1, (last[stay] as number) - 1);
  }
  return { order: () => shortestStays(spans, descending, "with those before") };
}

/** Stays, those with the largest values first. Equal values are never inside together. */
function byPriority(spans: Spans): Int32Array {
  const priorities = new Float64Array(spans.size);
  for (let stay = 0; stay < spans.size; stay++) priorities[stay] = priorityOf(spans, stay);
  return ascending(priorities).reverse();
}

function priorityOf({ contents }: Spans, stay: number): number {
  const value = contents.object.history.values.get(contents.value[stay] as number);
  invariant(typeof value === "number", "a priority queue holds numbers");
  return value;
}

function blockedBy(
  spans: Spans,
  stay: number,
  larger: Int32Array,
  operation: number,
  from: number,
  to: number,
) {
  const isLarger = new Uint8Array(spans.size);
  for (const each of larger) isLarger[each] = 1;
  const cover = covering(spans, from, to, (each) => isLarger[each] === 1);
  const texts = cover.map((each) => valueText(spans, each));
  const why =
    cover.length === 1
      ? `but the larger ${texts[0]} was certainly there all the time`
      : `but at every time in between one of the larger ${listed(texts)} was certainly there`;
  return witness(spans, [stay, ...cover], operation, why);
}
