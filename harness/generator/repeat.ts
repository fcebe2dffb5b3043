import { requireCount } from "./argument.ts";
import type { Generator } from "./generator.ts";
import { limit } from "./limit.ts";

/**
 * The first operation of a generator over and over, `count` times or for ever: the generator does not move on when
 * its operation is taken, but it hears events. Done when the generator is.
 */
export function repeat(generator: Generator): Generator;
export function repeat(count: number, generator: Generator): Generator;
export function repeat(...given: [Generator] | [number, Generator]): Generator {
  if (given.length === 1) return forEver(given[0]);
  const [count, generator] = given;
  requireCount("repeat", "a number of times", count);
  return limit(count, forEver(generator));
}

function forEver(generator: Generator): Generator {
  return {
    op(context) {
      const offer = generator.op(context);
      return typeof offer === "string" ? offer : { operation: offer.operation, next: this };
    },
    update(context, event) {
      const next = generator.update(context, event);
      return next === generator ? this : forEver(next);
    },
  };
}
