import type { OptionSpec } from "../harness/ports/index.ts";

/** An option that is a whole number. */
export function countOption(description: string, byDefault: number, least = 0): OptionSpec {
  return {
    description,
    default: String(byDefault),
    problem: (value) =>
      /^\d{1,9}$/.test(value) && Number(value) >= least
        ? undefined
        : `must be a whole number of at least ${least}`,
  };
}
