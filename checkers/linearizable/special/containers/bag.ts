import type { Discipline } from "./discipline.ts";
import { shortestStays } from "./shortest-stays.ts";

/**
 * In any order: values do not matter to one another. When each by itself is possible, let it be inside no longer than it
 * certainly is; then the bag is empty wherever no span covers. Cost: O(n).
 */
export const bag: Discipline = {
  decide: (spans) => ({
    order: () => shortestStays(spans, Int32Array.from(spans.call.keys()), "with nobody"),
  }),
};
