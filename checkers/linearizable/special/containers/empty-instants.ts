import type { Spans } from "./spans.ts";
import { Uncovered } from "./uncovered.ts";

/** Where the answers of emptiness take effect. */
export interface EmptyInstants {
  /** Ascending. */
  readonly instants: Int32Array;
  /** The operation that takes effect at each. */
  readonly operations: Int32Array;
}

/** For every answer of emptiness the first instant of its own that no value covers; each must have one. Cost: O(n α(n)). */
export function emptyInstants({ contents, size, count, first, last }: Spans): EmptyInstants {
  const { empties, instants } = contents;
  const uncovered = new Uncovered(count);
  for (let stay = 0; stay < size; stay++) {
    uncovered.cover((first[stay] as number) + 1, (last[stay] as number) - 1);
  }
  // By invocation they are ascending already, and `from` keeps the order.
  const at = empties.map((empty) => uncovered.from(instants.call[empty] as number));
  return { instants: at, operations: empties };
}
