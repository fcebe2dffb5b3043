import { requireDuration } from "./argument.ts";
import type { Generator } from "./generator.ts";

/**
 * The operations of the first `durationNs` (`Infinity` for no limit), counted from the start of the first one that is
 * taken. Done as soon as no other can start before the end of that time; operations under way then are not cut short.
 * The innermost of nested limits counts from its own first operation, so whichever ends first ends it.
 *
 * The end is noticed at a question, and a run in which every thread is busy asks none: where all are busy for ever, it
 * is the time-out of operations that ends the run.
 */
export function timeLimit(durationNs: number, generator: Generator): Generator {
  if (durationNs !== Number.POSITIVE_INFINITY) requireDuration("timeLimit", durationNs);
  return before(undefined, durationNs, generator);
}

/** `endNs`: the instant from which on nothing starts; unknown until the first operation is taken. */
function before(endNs: number | undefined, durationNs: number, generator: Generator): Generator {
  return {
    op(context) {
      // Also while the generator is pending: whatever it might offer would come too late.
      if (endNs !== undefined && context.timeNs >= endNs) return "done";
      const offer = generator.op(context);
      if (typeof offer === "string") return offer;
      const { operation } = offer;
      const end = endNs ?? operation.timeNs + durationNs;
      if (operation.timeNs < end) return { operation, next: before(end, durationNs, offer.next) };
      // While clients are all busy the soonest may be a fault due long after the end. That is no reason to end: once
      // one of them is free again there may be an operation before it.
      return durationNs > 0 && context.free.size < context.threads.size ? "pending" : "done";
    },
    update(context, event) {
      const next = generator.update(context, event);
      return next === generator ? this : before(endNs, durationNs, next);
    },
  };
}
