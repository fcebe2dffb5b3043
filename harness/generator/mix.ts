import type { Random } from "../clock/random.ts";
import { UsageError } from "../errors.ts";
import type { Emission, Generator } from "./generator.ts";
import { nothing } from "./nothing.ts";
import { updateAll } from "./update-all.ts";

/** A generator with a weight, or one of weight 1. */
export type MixEntry = Generator | readonly [weight: number, generator: Generator];

/**
 * Each operation from one of several generators, drawn by weight among those that have one to start now; when none
 * has, the soonest. So mix never waits for one generator while another could go on. Done when all are; events go to
 * all. `mix()` of none is done, and a generator of weight 0 counts as absent.
 *
 * O(n) per question, for n generators.
 * Errors: {@link UsageError} `bad-generator` for a weight that is negative or no finite number.
 */
export function mix(...entries: readonly MixEntry[]): Generator {
  const weights: number[] = [];
  const generators: Generator[] = [];
  for (const entry of entries) {
    const [weight, generator] = "op" in entry ? ([1, entry] as const) : entry;
    if (!Number.isFinite(weight) || weight < 0) {
      throw new UsageError({
        code: "bad-generator",
        message: `mix takes weights that are finite numbers of at least 0, not ${weight}`,
      });
    }
    if (weight === 0) continue;
    weights.push(weight);
    generators.push(generator);
  }
  return weighted(generators, weights);
}

function weighted(generators: readonly Generator[], weights: readonly number[]): Generator {
  if (generators.length === 0) return nothing;
  return {
    op(context) {
      // Drawing by weight without putting back until one can start now is the same as drawing by weight among those
      // that can, and asks only one generator where the first can.
      let left = weights;
      let pending = false;
      let exhausted: readonly Generator[] = [];
      let soonest: Emission | undefined;
      let chosen = -1;
      for (let tries = generators.length; tries > 0; tries--) {
        const index = draw(left, context.random);
        const generator = generators[index] as Generator;
        const offer = generator.op(context);
        if (offer === "pending") pending = true;
        else if (offer === "done") exhausted = [...exhausted, generator];
        else if (soonest === undefined || offer.operation.timeNs < soonest.operation.timeNs) {
          soonest = offer;
          chosen = index;
          if (offer.operation.timeNs <= context.timeNs) break;
        }
        left = left.with(index, 0);
      }
      if (soonest === undefined) return pending ? "pending" : "done";
      return {
        operation: soonest.operation,
        next: replaced(generators, weights, chosen, soonest.next, exhausted),
      };
    },
    update(context, event) {
      const next = updateAll(generators, context, event);
      return next === generators ? this : weighted(next, weights);
    },
  };
}

function replaced(
  generators: readonly Generator[],
  weights: readonly number[],
  index: number,
  next: Generator,
  exhausted: readonly Generator[],
): Generator {
  const all = generators.with(index, next);
  if (exhausted.length === 0) return weighted(all, weights);
  const stays = (_: unknown, at: number) => !exhausted.includes(all[at] as Generator);
  return weighted(all.filter(stays), weights.filter(stays));
}

/** An index by weight; at least one weight is positive. */
function draw(weights: readonly number[], random: Random): number {
  let total = 0;
  for (const weight of weights) total += weight;
  let left = random.float() * total;
  let last = 0;
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index] as number;
    if (weight === 0) continue;
    if (left < weight) return index;
    left -= weight;
    // Rounding may carry past the end: the last one that has a weight stands in.
    last = index;
  }
  return last;
}
