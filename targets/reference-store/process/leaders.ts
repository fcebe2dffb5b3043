import { ClientError } from "../../../harness/ports/outcome.ts";
import type { ProcessCluster } from "../../process/cluster.ts";

/** How long a node may take to say whether it leads. */
const STATUS_MS = 1_000;

type Asked = Pick<ProcessCluster, "nodes" | "ask">;

/** The nodes that say that they lead, each asked at the same time and given a second. */
export async function leadersOf(cluster: Asked): Promise<readonly string[]> {
  const leads = await Promise.all(cluster.nodes.map((node) => saysThatItLeads(cluster, node)));
  return cluster.nodes.filter((_, at) => leads[at]);
}

async function saysThatItLeads(cluster: Asked, node: string): Promise<boolean> {
  try {
    const { leads } = await cluster.ask(node, { type: "status" }, STATUS_MS);
    return leads === true;
  } catch (error) {
    // A node that is down, ends meanwhile or is paused says nothing, so not that it leads. Whatever else is a mistake of ours.
    if (error instanceof ClientError) return false;
    throw error;
  }
}
