import type { Random } from "../harness/clock/random.ts";
import type { DirectedLink, Fault, FaultVariant } from "../harness/ports/index.ts";
import { offered } from "./offered.ts";

/** Which nodes each node no longer hears (Jepsen's grudge). */
type Drops = Readonly<Record<string, readonly string[]>>;

/** Cuts the network between nodes, never the one between clients and nodes. */
export const partition: Fault = {
  name: "partition",
  undo: "heal",
  description: "drops what nodes send each other, over some of the links",
  capability: "partition",
  variants: {
    halves: shape("two halves that do not hear each other", 2, (nodes, random) => {
      const shuffled = random.shuffle(nodes);
      const cut = Math.floor(nodes.length / 2);
      return bothWays(shuffled.slice(0, cut), shuffled.slice(cut));
    }),
    one: shape("one node that hears nobody and that nobody hears", 2, (nodes, random) => {
      const [lone = "", ...others] = random.shuffle(nodes);
      return bothWays([lone], others);
    }),
    "majority-ring": shape("every node hears a majority, no two the same one", 4, majorityRing),
    bridge: shape("two halves that only one node in between still hears", 3, (nodes, random) => {
      const [, ...others] = random.shuffle(nodes);
      const cut = Math.floor(others.length / 2);
      return bothWays(others.slice(0, cut), others.slice(cut));
    }),
    "one-way": shape("one group no longer hears the other, which still hears it", 2, (nodes, random) => {
      const shuffled = random.shuffle(nodes);
      const cut = random.between(1, nodes.length - 1);
      return oneWay(shuffled.slice(0, cut), shuffled.slice(cut));
    }),
  },
  inject: (cluster, plan) =>
    offered(cluster.capabilities.partition).block(blockedLinks((plan as { drops: Drops }).drops)),
  revert: (cluster) => offered(cluster.capabilities.partition).heal(),
};

type Cut = (nodes: readonly string[], random: Random) => Drops;

function shape(description: string, minNodes: number, cut: Cut): FaultVariant {
  return { description, minNodes, plan: (nodes, random) => ({ drops: cut(nodes, random) }) };
}

/** What the `deaf` no longer hear from the `muted`. */
function oneWay(deaf: readonly string[], muted: readonly string[]): Drops {
  return Object.fromEntries([...deaf].sort().map((node) => [node, [...muted].sort()]));
}

function bothWays(left: readonly string[], right: readonly string[]): Drops {
  return { ...oneWay(left, right), ...oneWay(right, left) };
}

/**
 * Nodes in a random ring; each hears its neighbours up to a distance that makes a majority, and they hear it. With
 * three nodes only one-way links could do that, and then nobody could lead.
 */
function majorityRing(nodes: readonly string[], random: Random): Drops {
  const ring = random.shuffle(nodes);
  const majority = Math.floor(ring.length / 2) + 1;
  const reach = Math.ceil((majority - 1) / 2);
  const drops = ring.map((node, at): [string, string[]] => {
    const distance = (other: number) => Math.min(Math.abs(other - at), ring.length - Math.abs(other - at));
    return [node, ring.filter((_, other) => distance(other) > reach).sort()];
  });
  return Object.fromEntries(drops.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function blockedLinks(drops: Drops): DirectedLink[] {
  return Object.entries(drops).flatMap(([to, muted]) => muted.map((from) => ({ from, to })));
}
