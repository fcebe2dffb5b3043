import { describe, expect, test } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import { addEdge, findCycle, findPath, type OrderGraph, orderGraph } from "./order-graph.ts";

function randomGraph(random: Random): OrderGraph {
  const graph = orderGraph(random.between(1, 8));
  const edges = random.int(2 * graph.vertices);
  for (let edge = 0; edge < edges; edge++) {
    addEdge(graph, random.int(graph.vertices), random.int(graph.vertices), edge);
  }
  return graph;
}

/** The number of edges of a shortest path from one vertex to another, by as many rounds as there are vertices. */
function distance({ vertices, from, to }: OrderGraph, start: number, end: number): number {
  let reached = new Set([start]);
  for (let length = 1; length <= vertices; length++) {
    reached = new Set(from.flatMap((vertex, edge) => (reached.has(vertex) ? [to[edge] as number] : [])));
    if (reached.has(end)) return length;
  }
  return Number.POSITIVE_INFINITY;
}

function expectWalk({ from, to }: OrderGraph, edges: readonly number[], start: number, end: number): void {
  expect(from[edges[0] as number]).toBe(start);
  expect(to[edges.at(-1) as number]).toBe(end);
  for (const [at, edge] of edges.slice(1).entries()) expect(from[edge]).toBe(to[edges[at] as number]);
}

describe("a graph of what comes before what", () => {
  test("has a shortest cycle where it has one at all", () => {
    let cyclic = 0;
    for (let ordinal = 0; ordinal < 2000; ordinal++) {
      const graph = randomGraph(new Random(1).fork(ordinal));
      const lengths = Array.from({ length: graph.vertices }, (_, vertex) => distance(graph, vertex, vertex));
      const cycle = findCycle(graph);
      expect(cycle?.length ?? Number.POSITIVE_INFINITY).toBe(Math.min(...lengths));
      if (cycle === undefined) continue;
      cyclic++;
      const start = graph.from[cycle[0] as number] as number;
      expectWalk(graph, cycle, start, start);
    }
    expect(cyclic).toBeGreaterThan(200);
    expect(cyclic).toBeLessThan(1800);
  });

  test("has a shortest path between two vertices where it has any", () => {
    for (let ordinal = 0; ordinal < 2000; ordinal++) {
      const random = new Random(2).fork(ordinal);
      const graph = randomGraph(random);
      const [start, end] = [random.int(graph.vertices), random.int(graph.vertices)];
      const path = findPath(graph, start, end);
      expect(path?.length ?? Number.POSITIVE_INFINITY).toBe(distance(graph, start, end));
      if (path !== undefined) expectWalk(graph, path, start, end);
    }
  });

  test("is searched without recursion", () => {
    const graph = orderGraph(200_000);
    for (let vertex = 1; vertex < graph.vertices; vertex++) addEdge(graph, vertex - 1, vertex, 0);
    expect(findCycle(graph)).toBeUndefined();
    addEdge(graph, graph.vertices - 1, 0, 1);
    expect(findCycle(graph)).toHaveLength(graph.vertices);
  });
});
