import type { Generator } from "./generator.ts";

/**
 * The generator, until `stopped` says `true`; from then on it must go on to say so. This is the one hook through
 * which the world outside ends a run (a signal, a violation found while it runs): the only impure combinator.
 */
export function until(stopped: () => boolean, generator: Generator): Generator {
  return {
    op(context) {
      if (stopped()) return "done";
      const offer = generator.op(context);
      if (typeof offer === "string") return offer;
      return { operation: offer.operation, next: until(stopped, offer.next) };
    },
    update(context, event) {
      const next = generator.update(context, event);
      return next === generator ? this : until(stopped, next);
    },
  };
}
