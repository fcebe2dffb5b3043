import type { RunPlan } from "../plan-run.ts";
import type { SimulatedRun } from "../simulate-run.ts";
import { type Attempts, type Shown, withSeed } from "./attempts.ts";
import { asScript } from "./flatten.ts";
import { reduceClients, reduceNodes } from "./reduce-cluster.ts";
import { reduceFaults } from "./reduce-faults.ts";
import { focus, reduceOperations } from "./reduce-operations.ts";
import { regenerate } from "./regenerate.ts";
import { simplifyOptions } from "./simplify-options.ts";
import { simplifyTimes } from "./simplify-times.ts";
import { type RunSize, type ScriptedPlan, sizeOf, weight } from "./size.ts";

/** What is asked for of a story that somebody is to read. */
const SMALL = { operations: 10, faults: 3 } as const;
const FEW_DRAWS = 60;
const MANY_DRAWS = 600;
const MOST_ROUNDS = 6;

/**
 * Makes a run small while it keeps an anomaly: fewer operations, faults, nodes and clients, a shorter time, rounder
 * numbers. By two ways, of which the better one is gone on with: by leaving parts of the recorded run out, and by
 * drawing small runs anew.
 *
 * A function of the run and of the attempts' budget. Returns nothing where not even the recorded run, put as a script,
 * shows the anomaly, and no small one was found either.
 */
export async function shrink(
  original: RunPlan,
  run: SimulatedRun,
  attempts: Attempts,
  onSmaller: (size: RunSize) => void = () => {},
): Promise<Shown<ScriptedPlan> | undefined> {
  const told = (shown: Shown<ScriptedPlan>): Shown<ScriptedPlan> => {
    onSmaller(sizeOf(shown.plan));
    return shown;
  };
  const cut = await reduced(await asScript({ plan: original, run }, attempts), attempts, told);
  const isSmall = cut !== undefined && isReadable(sizeOf(cut.plan));
  const drawn = await regenerate(original, attempts, {
    draws: isSmall ? FEW_DRAWS : MANY_DRAWS,
    weight: cut === undefined ? Number.POSITIVE_INFINITY : weight(sizeOf(cut.plan)),
  });
  const best = drawn === undefined ? cut : smaller(await reduced(told(drawn), attempts, told), cut);
  if (best === undefined) return undefined;
  return told(await withPlainSeed(await simplified(best, attempts, told), attempts));
}

function isReadable({ operations, faults }: RunSize): boolean {
  return operations <= SMALL.operations && faults <= SMALL.faults;
}

function smaller(
  a: Shown<ScriptedPlan> | undefined,
  b: Shown<ScriptedPlan> | undefined,
): Shown<ScriptedPlan> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return weight(sizeOf(a.plan)) < weight(sizeOf(b.plan)) ? a : b;
}

type Told = (shown: Shown<ScriptedPlan>) => Shown<ScriptedPlan>;

/** Leaves out what can be left out, until nothing more can. */
async function reduced(
  shown: Shown<ScriptedPlan> | undefined,
  attempts: Attempts,
  told: Told,
): Promise<Shown<ScriptedPlan> | undefined> {
  if (shown === undefined) return undefined;
  let best = shown;
  for (let round = 0; round < MOST_ROUNDS && !attempts.spent; round++) {
    const before = weight(sizeOf(best.plan));
    best = told(await focus(best, attempts));
    best = told(await reduceFaults(best, attempts));
    best = told(await reduceOperations(best, attempts));
    if (weight(sizeOf(best.plan)) === before) break;
  }
  return best;
}

/** Makes what is left simple. Whatever became simpler may let more be left out. */
async function simplified(
  shown: Shown<ScriptedPlan>,
  attempts: Attempts,
  told: Told,
): Promise<Shown<ScriptedPlan>> {
  let best = shown;
  for (let round = 0; round < MOST_ROUNDS && !attempts.spent; round++) {
    const before = JSON.stringify(sizeOf(best.plan));
    for (const pass of [reduceNodes, simplifyOptions, reduceClients, simplifyTimes]) {
      best = told(await pass(best, attempts));
    }
    best = (await reduced(best, attempts, told)) ?? best;
    if (JSON.stringify(sizeOf(best.plan)) === before) break;
  }
  return best;
}

/** A small seed where one will do: it is easier to type than the one that chance came to. */
async function withPlainSeed(shown: Shown<ScriptedPlan>, attempts: Attempts): Promise<Shown<ScriptedPlan>> {
  return (await attempts.shows(withSeed(shown.plan, 1), 8)) ?? shown;
}
