/** Who is told to be whose neighbour in a broadcast: names of nodes by node. */
export type Topology = Readonly<Record<string, readonly string[]>>;

type Shape = (count: number) => (node: number) => readonly number[];

const shapes = {
  /** A roughly square grid; each node has at most four neighbours. */
  grid: (count) => {
    const side = Math.ceil(Math.sqrt(count));
    return (node) => [
      node + side,
      node - side,
      ...((node + 1) % side === 0 ? [] : [node + 1]),
      ...(node % side === 0 ? [] : [node - 1]),
    ];
  },
  line: () => (node) => [node - 1, node + 1],
  total: (count) => (node) =>
    Array.from({ length: count }, (_, other) => other).filter((other) => other !== node),
  /** A binary tree with the first node at its root. */
  tree: () => (node) => [...(node === 0 ? [] : [(node - 1) >> 1]), 2 * node + 1, 2 * node + 2],
} satisfies Record<string, Shape>;

export type TopologyName = keyof typeof shapes;

export const topologyNames = Object.keys(shapes) as readonly TopologyName[];

/** The neighbours of every node (Maelstrom, doc/workloads.md, "Broadcast"). Neighbours are so in both directions. */
export function topology(name: TopologyName, nodes: readonly string[]): Topology {
  const neighbours = shapes[name](nodes.length);
  return Object.fromEntries(
    nodes.map((node, at) => [
      node,
      neighbours(at)
        .filter((other) => other >= 0 && other < nodes.length)
        .map((other) => nodes[other] as string),
    ]),
  );
}
