/** An order under construction: who must come before whom, and why. Vertices are numbered from 0. */
export interface OrderGraph {
  readonly vertices: number;
  readonly from: number[];
  readonly to: number[];
  /** What the caller knows each edge by. */
  readonly label: number[];
}

export function orderGraph(vertices: number): OrderGraph {
  return { vertices, from: [], to: [], label: [] };
}

/** Cost: O(1). */
export function addEdge(graph: OrderGraph, from: number, to: number, label: number): void {
  graph.from.push(from);
  graph.to.push(to);
  graph.label.push(label);
}

/** Edges that the search for a short cycle looks at, at most; a longer one is then good enough. */
const MAX_LOOKS = 1 << 21;

/** Cycles that are weighed, at most. */
const MAX_WEIGHED = 64;

/**
 * The edges of a cycle, each ending where the next begins; undefined where there is none. It is a shortest one, and of those that
 * are as short one that weighs least; unless the graph is so large and so cyclic that looking for it would take long.
 *
 * Cost: O(V + E) where there is no cycle.
 */
export function findCycle(
  graph: OrderGraph,
  weightOf?: (cycle: readonly number[]) => number,
): number[] | undefined {
  const outgoing = outgoingEdges(graph);
  const component = stronglyConnected(graph, outgoing);
  const inCycle = graph.from.map((from, edge) => component[from] === component[graph.to[edge] as number]);
  const starts = new Set<number>();
  for (const [edge, from] of graph.from.entries()) if (inCycle[edge]) starts.add(from);
  const walk = new BreadthFirst(graph, outgoing);
  let best: { readonly cycle: number[]; readonly weight: number } | undefined;
  let weighed = 0;
  for (const start of starts) {
    const length = best?.cycle.length ?? Number.POSITIVE_INFINITY;
    const longest = weightOf === undefined || weighed >= MAX_WEIGHED ? length - 1 : length;
    const cycle = walk.path(start, start, longest, (edge) => inCycle[edge] === true);
    if (cycle !== undefined) {
      const weight = weightOf === undefined || weighed++ >= MAX_WEIGHED ? 0 : weightOf(cycle);
      if (best === undefined || cycle.length < length || weight < best.weight) best = { cycle, weight };
    }
    if (walk.looks > MAX_LOOKS || best?.cycle.length === 1) break;
  }
  return best?.cycle;
}

/** The edges of a shortest path with at least one edge, or undefined. Cost: O(V + E). */
export function findPath(graph: OrderGraph, start: number, end: number): number[] | undefined {
  return new BreadthFirst(graph, outgoingEdges(graph)).path(start, end, Number.POSITIVE_INFINITY, () => true);
}

interface Outgoing {
  /** By vertex, one more at the end: where its edges begin. */
  readonly starts: Int32Array;
  readonly edges: Int32Array;
}

function outgoingEdges({ vertices, from }: OrderGraph): Outgoing {
  const starts = new Int32Array(vertices + 1);
  for (const vertex of from) starts[vertex + 1] = (starts[vertex + 1] as number) + 1;
  for (let vertex = 0; vertex < vertices; vertex++) {
    starts[vertex + 1] = (starts[vertex + 1] as number) + (starts[vertex] as number);
  }
  const next = starts.slice();
  const edges = new Int32Array(from.length);
  for (const [edge, vertex] of from.entries()) {
    const at = next[vertex] as number;
    edges[at] = edge;
    next[vertex] = at + 1;
  }
  return { starts, edges };
}

/** Breadth-first searches of one graph, one after the other: what they need is allocated once. */
class BreadthFirst {
  /** Edges looked at so far. */
  looks = 0;
  readonly #graph: OrderGraph;
  readonly #outgoing: Outgoing;
  /** The edge by which each vertex was reached, in the search of that number. */
  readonly #reachedBy: Int32Array;
  readonly #reachedIn: Int32Array;
  #search = 0;

  constructor(graph: OrderGraph, outgoing: Outgoing) {
    this.#graph = graph;
    this.#outgoing = outgoing;
    this.#reachedBy = new Int32Array(graph.vertices);
    this.#reachedIn = new Int32Array(graph.vertices);
  }

  /** The edges of a shortest path with 1 … `longest` edges, of those that are usable. */
  path(
    start: number,
    end: number,
    longest: number,
    isUsable: (edge: number) => boolean,
  ): number[] | undefined {
    const { starts, edges } = this.#outgoing;
    const { to } = this.#graph;
    this.#search++;
    let layer = [start];
    for (let length = 1; length <= longest && layer.length > 0; length++) {
      const next: number[] = [];
      for (const vertex of layer) {
        for (let index = starts[vertex] as number; index < (starts[vertex + 1] as number); index++) {
          const edge = edges[index] as number;
          const target = to[edge] as number;
          this.looks++;
          if (!isUsable(edge) || this.#reachedIn[target] === this.#search) continue;
          this.#reachedIn[target] = this.#search;
          this.#reachedBy[target] = edge;
          if (target === end) return this.#backFrom(end, length);
          next.push(target);
        }
      }
      layer = next;
    }
    return undefined;
  }

  #backFrom(end: number, length: number): number[] {
    const path: number[] = [];
    for (let vertex = end; path.length < length; ) {
      const edge = this.#reachedBy[vertex] as number;
      path.push(edge);
      vertex = this.#graph.from[edge] as number;
    }
    return path.reverse();
  }
}

/**
 * The number of the strongly connected component of each vertex (Tarjan, SIAM J. Comput. 1(2), 1972), without recursion, as
 * paths can be as long as the history. A vertex that is alone in its component is in a cycle only by an edge to itself.
 *
 * Cost: O(V + E).
 */
function stronglyConnected({ vertices, to }: OrderGraph, { starts, edges }: Outgoing): Int32Array {
  const component = new Int32Array(vertices).fill(-1);
  const number = new Int32Array(vertices).fill(-1);
  const low = new Int32Array(vertices);
  const next = starts.slice(0, vertices);
  const stack: number[] = [];
  const path: number[] = [];
  let numbered = 0;
  let components = 0;
  for (let root = 0; root < vertices; root++) {
    if (number[root] !== -1) continue;
    path.push(root);
    while (path.length > 0) {
      const vertex = path[path.length - 1] as number;
      if (number[vertex] === -1) {
        number[vertex] = low[vertex] = numbered++;
        stack.push(vertex);
      }
      const at = next[vertex] as number;
      if (at < (starts[vertex + 1] as number)) {
        next[vertex] = at + 1;
        const target = to[edges[at] as number] as number;
        if (number[target] === -1) path.push(target);
        else if (component[target] === -1) {
          low[vertex] = Math.min(low[vertex] as number, number[target] as number);
        }
        continue;
      }
      path.pop();
      const parent = path[path.length - 1];
      if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[vertex] as number);
      if (low[vertex] !== number[vertex]) continue;
      for (let member = -1; member !== vertex; ) {
        member = stack.pop() as number;
        component[member] = components;
      }
      components++;
    }
  }
  return component;
}
