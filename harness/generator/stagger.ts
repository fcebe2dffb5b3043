import { requireDuration } from "./argument.ts";
import type { Generator } from "./generator.ts";

/**
 * Operations at random intervals: uniform in 0 … 2 `meanNs` from the start of one to the start of the next, over all
 * threads in view together and not for each. The first starts at once. When the generator or the threads cannot keep
 * up, intervals are longer and nothing is made up for later (for that, {@link delay}).
 */
export function stagger(meanNs: number, generator: Generator): Generator {
  requireDuration("stagger", meanNs);
  return notBefore(0, Math.round(2 * meanNs), generator);
}

function notBefore(earliestNs: number, longestNs: number, generator: Generator): Generator {
  return {
    op(context) {
      const offer = generator.op(context);
      if (typeof offer === "string") return offer;
      const timeNs = Math.max(offer.operation.timeNs, earliestNs);
      return {
        operation: timeNs === offer.operation.timeNs ? offer.operation : { ...offer.operation, timeNs },
        next: notBefore(timeNs + context.random.between(0, longestNs), longestNs, offer.next),
      };
    },
    update(context, event) {
      const next = generator.update(context, event);
      return next === generator ? this : notBefore(earliestNs, longestNs, next);
    },
  };
}
