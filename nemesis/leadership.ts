import type { Fault } from "../harness/ports/index.ts";
import { offered } from "./offered.ts";

/** Has leadership handed over, as an operator would before maintenance. It is done at once, and nothing to take back. */
export const leadership: Fault = {
  name: "leadership",
  undo: "keep-leader",
  momentary: true,
  description: "asks whoever leads to hand over to another node",
  capability: "leadership",
  variants: {
    one: {
      description: "to a node by chance, which may be the one that leads already",
      minNodes: 2,
      plan: (nodes, random) => ({ to: random.pick(nodes) }),
    },
  },
  inject: async (cluster, plan) =>
    offered(cluster.capabilities.leadership).transfer((plan as { readonly to: string }).to),
  revert: async () => ({ effective: false, detail: "nothing to take back: whoever leads goes on" }),
};
