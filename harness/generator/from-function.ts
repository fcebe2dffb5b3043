import type { Context, Generator, Offer } from "./generator.ts";
import { drawThread, type OperationTemplate, offerInvocation } from "./operation.ts";

/**
 * Makes the next operation, or a generator to use up before it is called again, or `undefined` for the end.
 *
 * It must be a pure function of its parameters, because a question may be asked again before its answer is taken:
 * chance comes from `context.random`, and unique values from `ordinal`, the number of calls whose result was used
 * before, from 0. Once it has said `undefined` it must go on to say so.
 */
export type GeneratorFunction = (
  context: Context,
  ordinal: number,
) => OperationTemplate | Generator | undefined;

/**
 * Operations made by a function, called for each. A function that returns a generator with nothing to do ends it, so
 * that no question is endless. The function is not called while every thread in view is busy.
 */
export function fromFunction(make: GeneratorFunction): Generator {
  return calls(make, 0, undefined);
}

/** `current`: what is left of the generator that the last call returned. */
function calls(make: GeneratorFunction, ordinal: number, current: Generator | undefined): Generator {
  function op(context: Context): Offer {
    if (current !== undefined) {
      const offer = current.op(context);
      if (offer === "pending") return offer;
      if (offer !== "done") return { operation: offer.operation, next: calls(make, ordinal, offer.next) };
    }
    if (context.free.size === 0) return context.threads.size === 0 ? "done" : "pending";
    const made = make(context, ordinal);
    if (made === undefined) return "done";
    if (isGenerator(made)) {
      const offer = made.op(context);
      if (typeof offer === "string") return offer;
      return { operation: offer.operation, next: calls(make, ordinal + 1, offer.next) };
    }
    const thread = drawThread(context);
    if (thread === "pending" || thread === "done") return thread;
    return offerInvocation(context, thread, made, calls(make, ordinal + 1, undefined));
  }
  return {
    op,
    update(context, event) {
      const next = current?.update(context, event);
      return next === current ? this : calls(make, ordinal, next);
    },
  };
}

function isGenerator(made: OperationTemplate | Generator): made is Generator {
  return "op" in made;
}
