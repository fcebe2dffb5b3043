import { builtInOf, type Model } from "../../models/index.ts";
import type { Meter } from "../meter.ts";
import type { ObjectHistory } from "../preparation/objects.ts";
import { containers } from "./containers/index.ts";
import { counters } from "./counters/index.ts";
import { locks } from "./locks/index.ts";
import { logs } from "./logs/index.ts";
import { registers } from "./registers/index.ts";
import { sets } from "./sets/index.ts";
import type { SpecialChecker, SpecialDecision } from "./special-checker.ts";

export type { SpecialChecker, Violation } from "./special-checker.ts";

/** Every special checker, in the order in which they are asked. */
export const specialCheckers: readonly SpecialChecker[] = [
  ...registers,
  ...containers,
  ...sets,
  ...counters,
  ...logs,
  ...locks,
];

/** A decision that was taken, and by whom. */
export type Decided = Exclude<SpecialDecision, { verdict: "declined" }> & { readonly checker: string };

/** The first decision of the special checkers on an object; undefined where all decline, or the model is a user's own. */
export function decideSpecially(object: ObjectHistory, model: Model, meter: Meter): Decided | undefined {
  const known = builtInOf(model);
  if (known === undefined) return undefined;
  for (const checker of specialCheckers) {
    if (!checker.models.includes(known.name)) continue;
    const decision = checker.decide(object, known.options, meter);
    if (decision.verdict !== "declined") return { ...decision, checker: checker.name };
  }
  return undefined;
}
