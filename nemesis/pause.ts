import type { Fault } from "../harness/ports/index.ts";
import { nodeVariants, struckNodes } from "./node-groups.ts";
import { offered } from "./offered.ts";

/** Freezes nodes and lets them go on: a long pause of a garbage collector or of a virtual machine. */
export const pause: Fault = {
  name: "pause",
  undo: "resume",
  description: "freezes nodes; they go on later as if nothing had happened",
  capability: "pause",
  // A world that stands still as a whole shows little.
  variants: { ...nodeVariants, all: { ...nodeVariants.all, onRequest: true } },
  inject: async (cluster, plan) =>
    offered(cluster.capabilities.pause).pause(await struckNodes(cluster, plan)),
  revert: (cluster) => offered(cluster.capabilities.pause).resume(cluster.nodes),
};
