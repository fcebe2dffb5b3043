import { fromFunction, type Generator } from "../harness/generator/index.ts";
import type { Workload } from "../harness/ports/index.ts";
import { keyedLoad, keyOptions } from "./keyed-load.ts";
import { readEverywhere } from "./read-everywhere.ts";

/** The largest number that is added at once. */
const MOST = 5;

/**
 * Adds to counters, and reads of them: `add` n → n, `read` null → the sum. In the end every counter is read at every node
 * until all agree. A target may have counters that only grow: `negative=no`.
 */
export const counter: Workload = {
  name: "counter",
  description: "adds to counters and reads of them, in the end at every node",
  model: "counter",
  consistency: "eventual",
  operations: { add: { hasEffect: true }, read: { hasEffect: false } },
  options: {
    ...keyOptions,
    negative: {
      description: "whether some of the numbers are below 0",
      default: "no",
      values: ["yes", "no"],
    },
  },
  generators: (setup) => ({
    load: keyedLoad(setup, () => additions(setup.options["negative"] === "yes")),
    recovery: (keys) => readEverywhere({ keys, nodeCount: setup.nodes.length }),
  }),
};

function additions(negative: boolean): Generator {
  return fromFunction(({ random }) => {
    if (random.chance(0.4)) return { f: "read", value: null };
    const amount = random.between(1, MOST);
    return { f: "add", value: negative && random.chance(0.5) ? -amount : amount };
  });
}
