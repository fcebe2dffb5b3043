import type { Fault } from "../harness/ports/index.ts";
import { nodeVariants, struckNodes } from "./node-groups.ts";
import { offered } from "./offered.ts";

const { one, minority, primary } = nodeVariants;

/** Takes nodes out of the configuration, as an operator would, and back in. */
export const membership: Fault = {
  name: "membership",
  undo: "join",
  undoneByStore: true,
  description: "takes nodes out of the cluster's configuration; they go on running, and join again later",
  capability: "membership",
  variants: {
    one: { ...one, minNodes: 2 },
    // Of fewer than five a minority is one node.
    minority: { ...minority, minNodes: 5 },
    primary,
  },
  inject: async (cluster, plan) =>
    offered(cluster.capabilities.membership).leave(await struckNodes(cluster, plan)),
  revert: (cluster) => offered(cluster.capabilities.membership).join(cluster.nodes),
};
