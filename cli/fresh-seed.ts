import { randomInt } from "node:crypto";

/** A seed for a run that was given none: small enough to type again. */
export function freshSeed(): number {
  return randomInt(1_000_000_000);
}
