import { requireDuration } from "./argument.ts";
import type { Generator } from "./generator.ts";

/**
 * Operations at a fixed rate: one every `intervalNs` from the first on, over all threads in view together and not for
 * each. When it falls behind it emits without delay until it has caught up.
 */
export function delay(intervalNs: number, generator: Generator): Generator {
  requireDuration("delay", intervalNs);
  return dueAt(undefined, intervalNs, generator);
}

/** `dueNs`: when the next is due by the timetable; unknown until the first is taken. */
function dueAt(dueNs: number | undefined, intervalNs: number, generator: Generator): Generator {
  return {
    op(context) {
      const offer = generator.op(context);
      if (typeof offer === "string") return offer;
      const { operation } = offer;
      const due = dueNs ?? operation.timeNs;
      // The timetable may have fractions of a nanosecond, instants have not.
      const timeNs = Math.max(operation.timeNs, Math.ceil(due));
      return {
        operation: timeNs === operation.timeNs ? operation : { ...operation, timeNs },
        next: dueAt(due + intervalNs, intervalNs, offer.next),
      };
    },
    update(context, event) {
      const next = generator.update(context, event);
      return next === generator ? this : dueAt(dueNs, intervalNs, next);
    },
  };
}
