import { fromFunction, type Generator } from "../harness/generator/index.ts";
import type { Workload } from "../harness/ports/index.ts";
import { afterQuiet, quietOption } from "./quiet.ts";
import { readEverywhere } from "./read-everywhere.ts";

/** The one counter that everybody adds to has no name; reads of it are made for this one place. */
const ONLY = ["the counter"];

/** The largest number that is added at once. */
const MOST = 5;

/**
 * A counter that only grows: `add` n → n, `read` null → the sum. In the end it is read at every node until all agree; the sum
 * must be that of all acknowledged adds and any of those that nobody answered. As in Maelstrom.
 */
export const gCounter: Workload = {
  name: "g-counter",
  description: "adds to one counter that only grows, and reads of it, in the end at every node",
  ...counting((draw) => draw),
};

/** As {@link gCounter}, with numbers below 0 among those that are added. */
export const pnCounter: Workload = {
  name: "pn-counter",
  description: "adds to one counter and takes from it, and reads of it, in the end at every node",
  ...counting((draw, sign) => (sign ? -draw : draw)),
};

function counting(amount: (draw: number, sign: boolean) => number): Omit<Workload, "name" | "description"> {
  return {
    model: "counter",
    consistency: "eventual",
    operations: { add: { hasEffect: true }, read: { hasEffect: false } },
    options: { quiet: quietOption },
    generators: ({ nodes, options }) => ({
      load: additions(amount),
      recovery: () =>
        afterQuiet(
          options,
          readEverywhere({ keys: ONLY, nodeCount: nodes.length, read: () => ({ f: "read" }) }),
        ),
    }),
  };
}

function additions(amount: (draw: number, sign: boolean) => number): Generator {
  return fromFunction(({ random }) =>
    random.chance(0.5)
      ? { f: "read" }
      : { f: "add", value: amount(random.between(1, MOST), random.chance(0.5)) },
  );
}
