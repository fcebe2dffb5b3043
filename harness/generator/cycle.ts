import { requireCount } from "./argument.ts";
import type { Generator } from "./generator.ts";
import { nothing } from "./nothing.ts";

/**
 * A generator from start to end, again and again, `count` times or for ever. Each round starts from the generator as
 * it was given; events go to the current round. Ends when a new round has nothing to do at once, so that no question
 * is endless.
 */
export function cycle(generator: Generator): Generator;
export function cycle(count: number, generator: Generator): Generator;
export function cycle(...given: [Generator] | [number, Generator]): Generator {
  const [count, generator] = given.length === 1 ? [Number.POSITIVE_INFINITY, given[0]] : given;
  requireCount("cycle", "a number of rounds", count);
  return count === 0 ? nothing : rounds(count - 1, generator, generator);
}

/** `left`: how many rounds come after the current one. */
function rounds(left: number, current: Generator, original: Generator): Generator {
  return {
    op(context) {
      const offer = current.op(context);
      if (offer === "pending") return offer;
      if (offer !== "done") return { operation: offer.operation, next: rounds(left, offer.next, original) };
      if (left === 0) return offer;
      const fresh = original.op(context);
      if (typeof fresh === "string") return fresh;
      return { operation: fresh.operation, next: rounds(left - 1, fresh.next, original) };
    },
    update(context, event) {
      const next = current.update(context, event);
      return next === current ? this : rounds(left, next, original);
    },
  };
}
