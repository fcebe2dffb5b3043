import type { Fault } from "../harness/ports/index.ts";
import { nodeVariants, struckNodes } from "./node-groups.ts";
import { offered } from "./offered.ts";

/** SIGKILL to nodes, and a start on the same data. */
export const kill: Fault = {
  name: "kill",
  undo: "restart",
  description: "kills nodes without warning; they restart on the data that was on disk",
  capability: "kill",
  variants: nodeVariants,
  inject: async (cluster, plan) => offered(cluster.capabilities.kill).kill(await struckNodes(cluster, plan)),
  revert: (cluster) => offered(cluster.capabilities.kill).restart(cluster.nodes),
};
