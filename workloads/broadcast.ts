import { fromFunction, type Generator } from "../harness/generator/index.ts";
import type { Workload, WorkloadSetup } from "../harness/ports/index.ts";
import { afterQuiet, quietOption } from "./quiet.ts";
import { readEverywhere, textInAnyOrder } from "./read-everywhere.ts";

/** The one set that everybody adds to has no name; reads of it are made for this one place. */
const ONLY = ["the set"];

/**
 * A set that only grows: `add` x → x, a new element each time, `read` null → [all]. In the end it is read at every node
 * until all agree. As in Maelstrom.
 */
export const gSet: Workload = {
  name: "g-set",
  description: "adds to one set that only grows, and reads of it, in the end at every node",
  model: "set",
  consistency: "set-full",
  operations: { add: { hasEffect: true }, read: { hasEffect: false } },
  options: { quiet: quietOption },
  generators: (setup) => ({ load: additions(), recovery: () => finalReads(setup) }),
};

/**
 * As {@link gSet}, where `add` sends a message to one node that is to come to all of them, over neighbours of which each
 * node is told before. As in Maelstrom.
 */
export const broadcast: Workload = {
  ...gSet,
  name: "broadcast",
  description: "messages (add) that are to come to every node, and reads of all that came to one",
};

function additions(): Generator {
  return fromFunction(({ random }, ordinal) =>
    random.chance(0.5) ? { f: "read" } : { f: "add", value: ordinal },
  );
}

function finalReads({ nodes, options }: WorkloadSetup): Generator {
  return afterQuiet(
    options,
    readEverywhere({
      keys: ONLY,
      nodeCount: nodes.length,
      read: () => ({ f: "read" }),
      textOf: textInAnyOrder,
    }),
  );
}
