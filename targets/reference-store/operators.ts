import { invariant } from "../../harness/errors.ts";
import type { Effect, LeadershipCapability, MembershipCapability } from "../../harness/ports/cluster.ts";
import type { Operator } from "./frame.ts";

/** What operators see and say, whatever carries it. */
export interface OperatedCluster {
  readonly nodes: readonly string[];
  /** Tells every node that is up. */
  tell(command: Operator): void;
  /** The nodes that say that they lead. */
  leaders(): readonly string[];
  /** The configuration as a leader knows it, or as any node does where nobody leads; undefined where nobody knows it. */
  members(): readonly string[] | undefined;
  sleep(durationNs: number): Promise<void>;
}

/** An operator asks again this often, and gives up after so many times. */
interface Patience {
  readonly intervalNs: number;
  readonly attempts: number;
}

/** Takes nodes out and back in, and looks whether the cluster's own configuration says so. */
export function membershipCapability(cluster: OperatedCluster, patience: Patience): MembershipCapability {
  const out = new Set<string>();

  async function change(): Promise<Effect> {
    const wanted = cluster.nodes.filter((node) => !out.has(node));
    const holds = () => sameNodes(cluster.members(), wanted);
    const changes = !holds();
    const done = await insist(
      cluster,
      patience,
      { type: "change-membership", members: wanted },
      { holds, inCharge: () => cluster.leaders().length > 0 || cluster.members() !== undefined },
    );
    const members = cluster.members();
    const detail = `members: ${members === undefined ? "nobody says" : members.join(", ")}`;
    return { effective: changes && done, detail };
  }

  return {
    leave(nodes) {
      for (const node of nodes) {
        invariant(cluster.nodes.includes(node), `there is no node ${node} in ${cluster.nodes}`);
        out.add(node);
      }
      return change();
    },
    join(nodes) {
      for (const node of nodes) out.delete(node);
      return change();
    },
  };
}

/** Asks for a new leader, and looks whether it leads. */
export function leadershipCapability(cluster: OperatedCluster, patience: Patience): LeadershipCapability {
  return {
    async transfer(to) {
      const before = cluster.leaders();
      if (before.includes(to)) return { effective: false, detail: `${to} led already` };
      const done = await insist(
        cluster,
        patience,
        { type: "transfer-leadership", to },
        {
          holds: () => cluster.leaders().includes(to),
          inCharge: () => cluster.leaders().length > 0,
        },
      );
      const detail = `${before.join(", ") || "nobody"} led, now ${cluster.leaders().join(", ") || "nobody"}`;
      return { effective: done, detail };
    },
  };
}

/**
 * Tells the cluster until it is so, or nobody is in charge who could see to it; whether it came to be. It is told at least
 * once, also where it is so: nodes may remember that somebody wanted something else.
 */
async function insist(
  { tell, sleep }: OperatedCluster,
  { intervalNs, attempts }: Patience,
  command: Operator,
  { holds, inCharge }: { readonly holds: () => boolean; readonly inCharge: () => boolean },
): Promise<boolean> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    tell(command);
    if (holds() || !inCharge()) break;
    await sleep(intervalNs);
  }
  return holds();
}

function sameNodes(members: readonly string[] | undefined, wanted: readonly string[]): boolean {
  return (
    members !== undefined &&
    members.length === wanted.length &&
    wanted.every((node) => members.includes(node))
  );
}
