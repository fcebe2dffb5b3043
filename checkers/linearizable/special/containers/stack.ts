import { ascending } from "./ascending.ts";
import { decomposeStack, type StackSpans } from "./decompose-stack.ts";
import type { Discipline } from "./discipline.ts";
import { nestedOrder } from "./nested-order.ts";
import { EarliestEnd, sightingsOf } from "./sightings.ts";
import type { Spans } from "./spans.ts";
import { stackContradiction } from "./stack-contradiction.ts";

/**
 * Last in, first out: the history has an order if and only if it comes apart from the bottom ({@link decomposeStack}).
 * Answers of emptiness need no more than an instant that no value covers, as is shown there. Cost: O(n log n).
 */
export const stack: Discipline = {
  decide(spans, meter) {
    const stackSpans = withPeeks(spans);
    const found = decomposeStack(stackSpans, meter);
    return found.taken.length === spans.size
      ? { order: () => nestedOrder(spans, found) }
      : { contradiction: stackContradiction(spans, stackSpans, found, meter) };
  },
  outBy(spans) {
    const { size, count, first, removal } = spans;
    const all = new EarliestEnd(count);
    const ofRemoved = new EarliestEnd(count);
    const outBy = new Int32Array(size).fill(count + 1);
    const tops: ({ stay: number } & Top)[] = [];
    for (let stay = 0; stay < size; stay++)
      for (const top of topsOf(spans, stay)) tops.push({ stay, ...top });
    tops.sort((a, b) => a.from - b.from);
    // Those that certainly lay beneath a value then were in before it.
    const byFirst = ascending(Float64Array.from(first));
    let beneath = 0;
    for (const { stay, from, to, isAddition } of tops) {
      for (; beneath < size; beneath++) {
        const other = byFirst[beneath] as number;
        if ((first[other] as number) >= from) break;
        for (const sighting of sightingsOf(spans, other)) {
          all.add(sighting);
          if (removal[other] !== -1) ofRemoved.add(sighting);
        }
      }
      // A value is not in its own way: when it is peeked at it may be among those that were seen, but not among the removed.
      outBy[stay] = Math.min(outBy[stay] as number, (isAddition ? all : ofRemoved).after(to));
    }
    return outBy;
  },
  isInTheWay(spans, stay, other, sighting) {
    for (const { from, to, isAddition } of topsOf(spans, stay)) {
      if (!isAddition && spans.removal[other] === -1) continue;
      if ((spans.first[other] as number) < from && sighting.from > to) return true;
    }
    return false;
  },
};

interface Top {
  readonly from: number;
  readonly to: number;
  readonly isAddition: boolean;
}

/**
 * When a value that nobody is known to have popped was on top: as it was pushed, and as it was seen. What was certainly there before
 * that, and was seen after, lies beneath.
 */
function* topsOf(spans: Spans, stay: number): IterableIterator<Top> {
  if (spans.removal[stay] !== -1) return;
  yield { from: spans.call[stay] as number, to: spans.first[stay] as number, isAddition: true };
  for (const { from, to } of sightingsOf(spans, stay)) yield { from, to, isAddition: false };
}

function withPeeks(spans: Spans): StackSpans {
  const { peeks, peeksFrom, instants } = spans.contents;
  const peekCall = new Int32Array(peeks.length);
  const peekRet = new Int32Array(peeks.length);
  for (let stay = 0; stay < spans.size; stay++) {
    for (let at = peeksFrom[stay] as number; at < (peeksFrom[stay + 1] as number); at++) {
      const peek = peeks[at] as number;
      peekCall[at] = Math.max(spans.call[stay] as number, instants.call[peek] as number);
      peekRet[at] = instants.ret[peek] as number;
    }
  }
  return { ...spans, peeksFrom, peekCall, peekRet };
}
