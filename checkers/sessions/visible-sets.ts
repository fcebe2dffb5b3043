import type { Meter } from "../linearizable/meter.ts";
import type { OrderGraph } from "../register-history/order-graph.ts";
import type { RegisterHistory } from "../register-history/register-history.ts";
import { nodeOf, READ, READS_SO_FAR, vertexOf, WRITES_SO_FAR } from "./visibility.ts";

/**
 * What is visible to each read, as two clocks: of how many nodes of each chain all reads are, with what they read, and of how many all
 * writes. Beside these, what a read itself read is visible to it.
 */
export interface VisibleSets {
  /** How many nodes of the chain, from its beginning, have all their reads visible to the read. */
  reads(read: number, chain: number): number;
  /** The same of their writes. */
  writes(read: number, chain: number): number;
}

/**
 * By the visibility graph; undefined where that has a cycle.
 *
 * Cost: O(n·k) time and memory.
 */
export function visibleSets(
  { chain, place, chains }: RegisterHistory,
  graph: OrderGraph,
  meter: Meter,
): VisibleSets | undefined {
  const width = 2 * chains.length;
  meter.allocate(4 * (graph.vertices * (width + 2) + graph.from.length));
  const clocks = new Int32Array(graph.vertices * width);
  const { from, to } = graph;
  const waitsFor = new Int32Array(graph.vertices);
  const firstEdge = new Int32Array(graph.vertices).fill(-1);
  const nextEdge = new Int32Array(from.length);
  for (const [edge, vertex] of from.entries()) {
    nextEdge[edge] = firstEdge[vertex] as number;
    firstEdge[vertex] = edge;
    const target = to[edge] as number;
    waitsFor[target] = (waitsFor[target] as number) + 1;
  }
  const ready: number[] = [];
  for (let vertex = 0; vertex < graph.vertices; vertex++) if (waitsFor[vertex] === 0) ready.push(vertex);
  let done = 0;
  for (let vertex = ready.pop(); vertex !== undefined; vertex = ready.pop()) {
    if ((++done & 1023) === 0) meter.spend(1024);
    const node = nodeOf(vertex);
    const base = vertex * width;
    const upToHere = (place[node] as number) + 1;
    if (vertex === vertexOf(node, READS_SO_FAR)) clocks[base + 2 * (chain[node] as number)] = upToHere;
    if (vertex === vertexOf(node, WRITES_SO_FAR)) clocks[base + 2 * (chain[node] as number) + 1] = upToHere;
    for (let edge = firstEdge[vertex] as number; edge !== -1; edge = nextEdge[edge] as number) {
      const target = to[edge] as number;
      for (let at = 0; at < width; at++) {
        const known = clocks[base + at] as number;
        if (known > (clocks[target * width + at] as number)) clocks[target * width + at] = known;
      }
      waitsFor[target] = (waitsFor[target] as number) - 1;
      if (waitsFor[target] === 0) ready.push(target);
    }
  }
  if (done < graph.vertices) return undefined;
  const at = (read: number, number: number) => clocks[vertexOf(read, READ) * width + number] as number;
  return {
    reads: (read, number) => at(read, 2 * number),
    writes: (read, number) => at(read, 2 * number + 1),
  };
}
