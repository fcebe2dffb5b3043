import type { Meter } from "../../meter.ts";
import { decomposeStack, type StackSpans } from "./decompose-stack.ts";
import type { Found } from "./discipline.ts";
import { nestedOrder } from "./nested-order.ts";
import type { Spans } from "./spans.ts";
import { stackContradiction } from "./stack-contradiction.ts";

/**
 * Last in, first out: the history has an order if and only if it comes apart from the bottom ({@link decomposeStack}).
 * Answers of emptiness need no more than an instant that no value covers, as is shown there. Cost: O(n log n).
 */
export function stack(spans: Spans, meter: Meter): Found {
  const stackSpans = withPeeks(spans);
  const found = decomposeStack(stackSpans, meter);
  return found.taken.length === spans.size
    ? { order: () => nestedOrder(spans, found) }
    : { contradiction: stackContradiction(spans, stackSpans, found, meter) };
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
