import { addEdge, type OrderGraph } from "../register-history/order-graph.ts";
import type { RegisterHistory } from "../register-history/register-history.ts";
import { countBefore } from "../register-history/writes-by-key.ts";
import { vertexOf, WRITE } from "./visibility.ts";

/** Writes of one key that come to be visible one after the other, along one chain. */
export interface WriteLine {
  readonly chain: number;
  /** What the places say of: reads and what they read, or writes. */
  readonly of: "reads" | "writes";
  /** Places in the chain at which there is a read, or a write. */
  readonly places: number[];
  /** After each of these places, how many of the writers have come. */
  readonly counts: number[];
  /** Each once, in order. */
  readonly writers: number[];
  readonly positions: Map<number, number>;
  /** Vertex that comes after the first writer; those after the first two, three … follow it. */
  firstVertex: number;
}

/** For each key the lines of all chains: of the writes in it, and of what its reads read. Cost: O(n). */
export function writeLines({
  size,
  key,
  chain,
  place,
  writes,
  source,
}: RegisterHistory): readonly (readonly WriteLine[])[] {
  const lines: Map<string, WriteLine>[] = [];
  const come = (node: number, of: WriteLine["of"], writer: number) => {
    const number = chain[node] as number;
    const at = key[node] as number;
    lines[at] ??= new Map<string, WriteLine>();
    const name = `${of} ${number}`;
    let line = lines[at].get(name);
    if (line === undefined) {
      line = {
        chain: number,
        of,
        places: [],
        counts: [],
        writers: [],
        positions: new Map(),
        firstVertex: -1,
      };
      lines[at].set(name, line);
    }
    if (!line.positions.has(writer)) line.positions.set(writer, line.writers.push(writer) - 1);
    line.places.push(place[node] as number);
    line.counts.push(line.writers.length);
  };
  for (let node = 0; node < size; node++) {
    if ((source[node] as number) >= 0) come(node, "reads", source[node] as number);
    if (writes[node] === 1) come(node, "writes", node);
  }
  return Array.from(lines, (ofKey) => [...(ofKey?.values() ?? [])]);
}

/** How many of the writers have come when so many nodes of the chain have. Cost: O(log n). */
export function writersWithin({ places, counts }: WriteLine, nodes: number): number {
  return counts[countBefore(places, nodes) - 1] ?? 0;
}

/** The label of edges from writers to the vertices that come after several of them. */
const COLLECTED = -2;

/** The vertices of a graph that the lines' own come after. Cost: O(n). */
export function addLines(graph: OrderGraph, lines: readonly (readonly WriteLine[])[]): OrderGraph {
  let vertices = graph.vertices;
  const whole = { ...graph, from: [...graph.from], to: [...graph.to], label: [...graph.label] };
  for (const line of lines.flat()) {
    line.firstVertex = vertices;
    for (const [at, writer] of line.writers.entries()) {
      addEdge(whole, vertexOf(writer, WRITE), vertices + at, COLLECTED);
      if (at > 0) addEdge(whole, vertices + at - 1, vertices + at, COLLECTED);
    }
    vertices += line.writers.length;
  }
  return { ...whole, vertices };
}

/** Orders the first `count` writers of a line before `target`, but for `target` itself. */
export function orderBefore(
  graph: OrderGraph,
  { writers, positions, firstVertex }: WriteLine,
  count: number,
  target: number,
  label: number,
): void {
  const own = positions.get(target) ?? count;
  const before = Math.min(own, count);
  if (before > 0) addEdge(graph, firstVertex + before - 1, vertexOf(target, WRITE), label);
  // A session that reads an older value again has this; others do not get here.
  for (let at = before + 1; at < count; at++) {
    addEdge(graph, vertexOf(writers[at] as number, WRITE), vertexOf(target, WRITE), label);
  }
}
