import type { Random } from "../harness/clock/random.ts";
import { fromFunction } from "../harness/generator/index.ts";
import type { Json, Key } from "../harness/history/operation.ts";
import type { Workload, WorkloadSetup } from "../harness/ports/index.ts";
import { countOption } from "./count-option.ts";
import { afterQuiet, quietOption } from "./quiet.ts";
import { readEverywhere } from "./read-everywhere.ts";

/**
 * Transactions that append to lists and read them: `txn` [["append", k, v], ["r", k, null], …] → reads filled in. A third
 * only read, a sixth only append, the rest do both. Every element is another; after a while fresh lists take the place of
 * old ones, one at a time, so that lists stay short. In the end every list is read, by a transaction of its own.
 *
 * A list tells in which order it was appended to, so that serializability can be decided (Elle, VLDB 2020).
 */
export const append: Workload = {
  name: "append",
  description: "transactions that append to lists and read them",
  model: "append",
  consistency: "strict-serializable",
  operations: { txn: { hasEffect: true } },
  options: {
    keys: countOption("lists in use at the same time", 3, 1),
    "max-txn-length": countOption("appends and reads of a transaction, at most", 4, 1),
    "ops-per-key": countOption("transactions before a fresh list takes the place of one; 0: never", 100),
    "final-reads": {
      description: "whether each list is read once in the end, or everywhere: at each node until all agree",
      default: "once",
      values: ["once", "everywhere"],
    },
    quiet: { ...quietOption, default: "0s" },
  },
  generators: (setup) => ({
    load: load(setup),
    recovery: (keys) =>
      afterQuiet(
        setup.options,
        readEverywhere({
          keys,
          nodeCount: setup.options["final-reads"] === "everywhere" ? setup.nodes.length : 1,
          read: (key) => ({ f: "txn", value: [["r", key, null]] }),
        }),
      ),
  }),
};

/** Which parts a transaction has. */
const KINDS = ["reads", "reads", "appends", "both", "both", "both"] as const;

function load({ options }: WorkloadSetup) {
  const keys = Number(options["keys"]);
  const longest = Number(options["max-txn-length"]);
  const opsPerKey = Number(options["ops-per-key"]);
  return fromFunction(({ random }, ordinal) => {
    const kind = random.pick(KINDS);
    const length = random.between(1, longest);
    const parts = Array.from({ length }, (_, at): Json => {
      const key = keyAt(random, ordinal, keys, opsPerKey);
      const appends = kind === "appends" || (kind === "both" && random.chance(0.5));
      return appends ? ["append", key, ordinal * longest + at + 1] : ["r", key, null];
    });
    return { f: "txn", value: parts };
  });
}

/** One of the lists in use: each is replaced after so many transactions, but no two of them at the same time. */
function keyAt(random: Random, ordinal: number, keys: number, opsPerKey: number): Key {
  const slot = random.int(keys);
  const age = opsPerKey === 0 ? 0 : Math.floor((ordinal + Math.floor((slot * opsPerKey) / keys)) / opsPerKey);
  return `k${age * keys + slot}`;
}
