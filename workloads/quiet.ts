import { parseDuration } from "../harness/clock/duration.ts";
import { type Generator, phases, sleep } from "../harness/generator/index.ts";
import type { OptionSpec, OptionValues } from "../harness/ports/index.ts";

/** How long nobody asks for anything between the final heal and the final reads. */
export const quietOption: OptionSpec = {
  description: "how long the nodes get to exchange what they have before the final reads",
  default: "2s",
  problem: (value) => (parseDuration(value) === undefined ? "must be a time such as 2s or 500ms" : undefined),
};

/**
 * The generator after the quiet that the options ask for. Nodes that agree once may all be behind what one of them has still
 * to hand on, and who reads at once takes that for a loss.
 */
export function afterQuiet({ quiet = quietOption.default }: OptionValues, generator: Generator): Generator {
  return phases(sleep(parseDuration(quiet) ?? 0), generator);
}
