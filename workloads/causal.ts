import { fromFunction } from "../harness/generator/index.ts";
import type { Workload, WorkloadSetup } from "../harness/ports/index.ts";
import { countOption } from "./count-option.ts";
import { finalReads } from "./final-reads.ts";

/**
 * Reads and writes of a few registers by every client. Whoever reads one key and then writes another makes the second
 * write depend on the first, and all clients do so all the time; chains over three keys show every bad pattern of
 * causal consistency (Bouajjani et al., POPL 2017). Every write has a value of its own.
 */
export const causal: Workload = {
  name: "causal",
  description: "reads and writes of a few registers by every client: what one saw before it wrote shows",
  model: "register",
  consistency: "causal",
  operations: { read: { hasEffect: false }, write: { hasEffect: true } },
  options: {
    keys: countOption("registers in use at the same time", 3, 1),
    "ops-per-round": countOption("operations before fresh registers take the place of all; 0: never", 300),
  },
  generators: (setup) => ({ load: load(setup), recovery: (keys) => finalReads(keys, setup.concurrency) }),
};

function load({ options }: WorkloadSetup) {
  const keys = Number(options["keys"]);
  const opsPerRound = Number(options["ops-per-round"]);
  return fromFunction(({ random }, ordinal) => {
    const round = opsPerRound === 0 ? 0 : Math.floor(ordinal / opsPerRound);
    const key = `k${round * keys + random.int(keys)}`;
    return random.chance(0.5) ? { f: "read", key, value: null } : { f: "write", key, value: ordinal + 1 };
  });
}
