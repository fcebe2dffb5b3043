import { requireCount } from "./argument.ts";
import type { Generator } from "./generator.ts";
import { nothing } from "./nothing.ts";

/** At most the first `count` operations (sleeps and log lines count too). `limit(0, …)` is done. */
export function limit(count: number, generator: Generator): Generator {
  requireCount("limit", "a number of operations", count);
  return atMost(count, generator);
}

/** The first operation alone. */
export function once(generator: Generator): Generator {
  return atMost(1, generator);
}

function atMost(count: number, generator: Generator): Generator {
  if (count === 0) return nothing;
  return {
    op(context) {
      const offer = generator.op(context);
      if (typeof offer === "string") return offer;
      return { operation: offer.operation, next: atMost(count - 1, offer.next) };
    },
    update(context, event) {
      const next = generator.update(context, event);
      return next === generator ? this : atMost(count, next);
    },
  };
}
