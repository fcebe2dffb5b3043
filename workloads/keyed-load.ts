import { concurrentKeys, type Generator, limit } from "../harness/generator/index.ts";
import type { OptionTable, WorkloadSetup } from "../harness/ports/index.ts";
import { countOption } from "./count-option.ts";

/** The options of a workload of many objects, on each of which a group of clients works for a while. */
export const keyOptions = {
  keys: countOption(
    "keys that are worked on at the same time; 0: one for each set of clients that spans all nodes",
    0,
  ),
  "ops-per-key": countOption("operations on a key before a fresh one takes its place", 100, 1),
} as const satisfies OptionTable;

/** Fresh keys k0, k1, …, each worked on by one group of clients until its share of operations is used up. */
export function keyedLoad({ nodes, concurrency, options }: WorkloadSetup, ofKey: () => Generator): Generator {
  const groups = Number(options["keys"]) || Math.max(1, Math.floor(concurrency / nodes.length));
  const opsPerKey = Number(options["ops-per-key"]);
  return concurrentKeys({
    groups,
    keys: (ordinal) => `k${ordinal}`,
    generatorFor: () => limit(opsPerKey, ofKey()),
  });
}
