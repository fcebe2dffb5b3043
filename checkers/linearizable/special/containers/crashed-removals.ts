import type { Contents, Contradiction } from "./contents.ts";
import type { Discipline } from "./discipline.ts";
import { EarliestEnd, sightingsOf } from "./sightings.ts";
import type { Spans } from "./spans.ts";
import { listed, valueText, witness } from "./witness.ts";

/**
 * Which crashed removal may have removed which value.
 *
 * A value that nobody is known to have removed must be out when something is seen that it would be in the way of, or
 * when nothing is. A crashed removal took it that was invoked by then, and each took one at most. The values that must be
 * out first are matched with the removals that were invoked first: if any matching is possible, that one is.
 *
 * `spans`: without crashed removals. What comes back is an assignment that may do, by stay, -1 for none; or values that have
 * none, which proves that there is no order. Cost: O(n log n).
 */
export function assignCrashedRemovals(
  spans: Spans,
  discipline: Discipline,
): { readonly assigned: Int32Array } | { readonly contradiction: Contradiction } {
  const { contents, size, count } = spans;
  const { crashedRemovals, instants } = contents;
  const outBy = deadlines(spans, discipline);
  const stays: number[] = [];
  for (let stay = 0; stay < size; stay++) {
    if (spans.removal[stay] === -1 && (outBy[stay] as number) <= count) stays.push(stay);
  }
  stays.sort((a, b) => (outBy[a] as number) - (outBy[b] as number));
  const assigned = new Int32Array(size).fill(-1);
  for (const [at, stay] of stays.entries()) {
    const removal = crashedRemovals[at];
    const deadline = outBy[stay] as number;
    if (removal === undefined || (instants.call[removal] as number) > deadline) {
      return { contradiction: tooFew(spans, discipline, stays.slice(0, at + 1), outBy, at) };
    }
    assigned[stay] = removal;
  }
  return { assigned };
}

function deadlines(spans: Spans, discipline: Discipline): Int32Array {
  const { size, count, first } = spans;
  const outBy = discipline.outBy?.(spans) ?? new Int32Array(size).fill(count + 1);
  const empty = new EarliestEnd(count);
  for (const answer of emptyAnswers(spans.contents)) empty.add(answer);
  for (let stay = 0; stay < size; stay++) {
    outBy[stay] = Math.min(outBy[stay] as number, empty.after(first[stay] as number));
  }
  return outBy;
}

function* emptyAnswers({ empties, instants }: Contents) {
  for (const operation of empties) {
    yield { operation, from: instants.call[operation] as number, to: instants.ret[operation] as number };
  }
}

function tooFew(
  spans: Spans,
  discipline: Discipline,
  stays: readonly number[],
  outBy: Int32Array,
  removals: number,
): Contradiction {
  const { words } = spans.contents;
  const others = new Set<number>();
  const operations: number[] = [];
  for (const stay of stays) {
    const { other, operation } = wanting(spans, discipline, stay, outBy[stay] as number);
    if (other !== undefined) others.add(other);
    operations.push(operation);
  }
  const texts = listed(stays.map((stay) => valueText(spans, stay)));
  const why =
    `but ${texts} must have been ${words.removed} by then, which nobody is known to have done, and ` +
    (removals === 1 ? `one unanswered ${words.remove} had` : `${removals} unanswered ${words.remove}s had`) +
    " been invoked";
  return witness(spans, new Set([...stays, ...others]), operations.at(-1) as number, why, operations);
}

/** The operation that a value must be out for, and the stay that it saw. */
function wanting(
  spans: Spans,
  discipline: Discipline,
  stay: number,
  outBy: number,
): { other?: number; operation: number } {
  for (const { operation, from, to } of emptyAnswers(spans.contents)) {
    if (to === outBy && from > (spans.first[stay] as number)) return { operation };
  }
  for (let other = 0; other < spans.size; other++) {
    if (other === stay) continue;
    for (const sighting of sightingsOf(spans, other)) {
      if (sighting.to !== outBy || discipline.isInTheWay?.(spans, stay, other, sighting) !== true) continue;
      return { other, operation: sighting.operation };
    }
  }
  return { operation: spans.contents.addition[stay] as number };
}
