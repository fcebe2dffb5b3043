import { invariant } from "../errors.ts";
import { requireDuration } from "./argument.ts";
import type { Generator } from "./generator.ts";

/**
 * Operations at random intervals: uniform in 0 … 2 `meanNs` from the start of one to the start of the next, over all
 * threads in view together and not for each. The first starts at once. When the generator or the threads cannot keep
 * up, intervals are longer and nothing is made up for later (for that, {@link delay}).
 *
 * `burst`: so many operations start together and the pause after them is so many times as long, which keeps the rate.
 */
export function stagger(meanNs: number, generator: Generator, burst = 1): Generator {
  requireDuration("stagger", meanNs);
  invariant(Number.isSafeInteger(burst) && burst >= 1, `a burst has at least 1 operation, not ${burst}`);
  return notBefore(generator, {
    earliestNs: 0,
    left: burst,
    burst,
    longestNs: Math.round(2 * meanNs * burst),
  });
}

interface Pace {
  readonly earliestNs: number;
  /** How many operations of the burst are still to start. */
  readonly left: number;
  readonly burst: number;
  readonly longestNs: number;
}

function notBefore(generator: Generator, pace: Pace): Generator {
  const { earliestNs, left, burst, longestNs } = pace;
  return {
    op(context) {
      const offer = generator.op(context);
      if (typeof offer === "string") return offer;
      const timeNs = Math.max(offer.operation.timeNs, earliestNs);
      return {
        operation: timeNs === offer.operation.timeNs ? offer.operation : { ...offer.operation, timeNs },
        next: notBefore(
          offer.next,
          left > 1
            ? { ...pace, earliestNs: timeNs, left: left - 1 }
            : { ...pace, earliestNs: timeNs + context.random.between(0, longestNs), left: burst },
        ),
      };
    },
    update(context, event) {
      const next = generator.update(context, event);
      return next === generator ? this : notBefore(next, pace);
    },
  };
}
