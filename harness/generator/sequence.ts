import type { Generator } from "./generator.ts";
import { nothing } from "./nothing.ts";

/**
 * Uses up one generator after the other. Events go to the current one alone, that is to the one that emitted last;
 * the next one starts when it is done, whether or not its operations have completed (for that, {@link phases}).
 * Done when the last is; `sequence()` of none is done.
 */
export function sequence(...generators: readonly Generator[]): Generator {
  const [head = nothing, ...rest] = generators;
  return from(head, rest, 0);
}

/** `head`, then `rest` from `position` on. The array is shared by all states, so that a step costs O(1). */
function from(head: Generator, rest: readonly Generator[], position: number): Generator {
  if (position >= rest.length) return head;
  return {
    op(context) {
      let current = head;
      for (let at = position; ; at++) {
        const offer = current.op(context);
        if (offer === "pending") return offer;
        if (offer !== "done") return { operation: offer.operation, next: from(offer.next, rest, at) };
        if (at >= rest.length) return offer;
        current = rest[at] as Generator;
      }
    },
    update(context, event) {
      const next = head.update(context, event);
      return next === head ? this : from(next, rest, position);
    },
  };
}
