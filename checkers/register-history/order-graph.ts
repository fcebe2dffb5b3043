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

/**
 * The edges of a cycle, each ending where the next begins; undefined where there is none. It is a shortest one, unless the graph
 * is so large and so cyclic that looking for one would take long.
 *
 * Cost: O(V + E) where there is no cycle.
 */
export function findCycle(graph: OrderGraph): number[] | undefined {
  const outgoing = outgoingEdges(graph);
  const component = stronglyConnected(graph, outgoing);
  const inCycle = graph.from.map((from, edge) => component[from] === component[graph.to[edge] as number]);
  const starts = new Set<number>();
  for (const [edge, from] of graph.from.entries()) if (inCycle[edge]) starts.add(from);
  let shortest: number[] | undefined;
  let looks = 0;
  for (const start of starts) {
    const path = shortestPath(graph, outgoing, start, start, (edge) => {
      looks++;
      return inCycle[edge] === true;
    });
    if (path !== undefined && path.length < (shortest?.length ?? Number.POSITIVE_INFINITY)) shortest = path;
    if (looks > MAX_LOOKS || shortest?.length === 1) break;
  }
  return shortest;
}

/** The edges of a shortest path with at least one edge, or undefined. Cost: O(V + E). */
export function findPath(graph: OrderGraph, start: number, end: number): number[] | undefined {
  return shortestPath(graph, outgoingEdges(graph), start, end, () => true);
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

function shortestPath(
  { vertices, to }: OrderGraph,
  { starts, edges }: Outgoing,
  start: number,
  end: number,
  isUsable: (edge: number) => boolean,
): number[] | undefined {
  const reachedBy = new Int32Array(vertices).fill(-1);
  const cameFrom = new Int32Array(vertices).fill(-1);
  const queue = [start];
  for (let at = 0; at < queue.length; at++) {
    const vertex = queue[at] as number;
    for (let index = starts[vertex] as number; index < (starts[vertex + 1] as number); index++) {
      const edge = edges[index] as number;
      const next = to[edge] as number;
      if (!isUsable(edge) || reachedBy[next] !== -1) continue;
      reachedBy[next] = edge;
      cameFrom[next] = vertex;
      if (next !== end) {
        queue.push(next);
        continue;
      }
      const path: number[] = [];
      for (let back = end; path.length === 0 || back !== start; back = cameFrom[back] as number) {
        path.push(reachedBy[back] as number);
      }
      return path.reverse();
    }
  }
  return undefined;
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
