import type { Random } from "../harness/clock/random.ts";
import { invariant } from "../harness/errors.ts";
import type { Json } from "../harness/history/operation.ts";
import type { Cluster, FaultVariant } from "../harness/ports/index.ts";

type NodeVariant = "one" | "minority" | "majority" | "all" | "primary";

/** The variants of faults that strike whole nodes, as in Jepsen's node specs (jepsen.nemesis.combined). */
export const nodeVariants: Readonly<Record<NodeVariant, FaultVariant>> = {
  one: groupOf("one", "one node", 1, () => 1),
  minority: groupOf("minority", "as many nodes as leave a majority", 3, (count) => Math.ceil(count / 2) - 1),
  majority: groupOf("majority", "the smallest majority", 3, (count) => Math.floor(count / 2) + 1),
  all: groupOf("all", "every node", 1, (count) => count),
  primary: {
    description: "whoever leads when the fault strikes",
    minNodes: 1,
    // Not every target tells its primaries.
    onRequest: true,
    plan: () => ({ variant: "primary" }),
  },
};

function groupOf(
  variant: string,
  description: string,
  minNodes: number,
  size: (n: number) => number,
): FaultVariant {
  return {
    description,
    minNodes,
    plan: (nodes: readonly string[], random: Random) => ({
      variant,
      nodes: random.shuffle(nodes).slice(0, size(nodes.length)).sort(),
    }),
  };
}

/** The nodes that a plan strikes now: those that it names, or the present primaries. */
export async function struckNodes(cluster: Cluster, plan: Json): Promise<readonly string[]> {
  const nodes = (plan as { nodes?: readonly string[] }).nodes;
  if (nodes !== undefined) return nodes;
  invariant(cluster.primaries !== undefined, "this target does not tell its primaries");
  return cluster.primaries();
}
