import { eachThread, operation, repeat } from "../harness/generator/index.ts";
import type { Workload } from "../harness/ports/index.ts";

/** Asks nodes for identifiers, none of which may come twice: `generate` null → id. As in Maelstrom. */
export const uniqueIds: Workload = {
  name: "unique-ids",
  description: "asks for identifiers, none of which may come twice",
  model: "unique-ids",
  operations: { generate: { hasEffect: true } },
  options: {},
  generators: () => ({
    load: repeat(operation({ f: "generate" })),
    recovery: () => eachThread(operation({ f: "generate" })),
  }),
};
