import type { Emission, Generator } from "./generator.ts";
import { nothing } from "./nothing.ts";
import { updateAll } from "./update-all.ts";

/**
 * Each operation from the generator that offers the soonest; ties are broken by chance, so that none is starved.
 * Events go to all. Done when all are; `any()` of none is done.
 *
 * O(n) per question for n generators, and usually less: an operation that can start now has no rival.
 */
export function any(...generators: readonly Generator[]): Generator {
  if (generators.length === 0) return nothing;
  if (generators.length === 1) return generators[0] as Generator;
  return {
    op(context) {
      const order = Array.from(generators.keys());
      let soonest: Emission | undefined;
      let chosen = -1;
      let pending = false;
      const exhausted: number[] = [];
      for (let visited = 0; visited < order.length; visited++) {
        // One step of a shuffle: whoever is visited first among equals is so by chance.
        const pick = visited + context.random.int(order.length - visited);
        const index = order[pick] as number;
        order[pick] = order[visited] as number;
        const offer = (generators[index] as Generator).op(context);
        if (offer === "pending") pending = true;
        else if (offer === "done") exhausted.push(index);
        else if (soonest === undefined || offer.operation.timeNs < soonest.operation.timeNs) {
          soonest = offer;
          chosen = index;
          if (offer.operation.timeNs <= context.timeNs) break;
        }
      }
      if (soonest === undefined) return pending ? "pending" : "done";
      const next = generators.with(chosen, soonest.next);
      return {
        operation: soonest.operation,
        next: any(...(exhausted.length === 0 ? next : next.filter((_, index) => !exhausted.includes(index)))),
      };
    },
    update(context, event) {
      const next = updateAll(generators, context, event);
      return next === generators ? this : any(...next);
    },
  };
}
