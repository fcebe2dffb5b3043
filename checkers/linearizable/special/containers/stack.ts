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
    const { size, count, call, first } = spans;
    const earliest = new EarliestEnd(count);
    const outBy = new Int32Array(size);
    // Those that certainly lie beneath a value come in before it.
    const byFirst = ascending(Float64Array.from(first));
    let beneath = 0;
    for (const stay of ascending(Float64Array.from(call))) {
      for (; beneath < size; beneath++) {
        const other = byFirst[beneath] as number;
        if ((first[other] as number) >= (call[stay] as number)) break;
        for (const sighting of sightingsOf(spans, other)) earliest.add(sighting);
      }
      outBy[stay] = earliest.after(first[stay] as number);
    }
    return outBy;
  },
  isInTheWay: ({ first, call }, stay, other) => (first[other] as number) < (call[stay] as number),
};

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
