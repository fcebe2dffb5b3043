import type { Meter } from "../linearizable/meter.ts";
import { addEdge, type OrderGraph, orderGraph } from "../register-history/order-graph.ts";
import type { RegisterHistory } from "../register-history/register-history.ts";
import type { Guarantee } from "./guarantees.ts";

/**
 * What must be visible to whom, under some of the session guarantees, as a graph: what leads to a read must be visible to it.
 * Each node of the history has four vertices.
 *
 * A compare-and-set is a read and then a write of its session.
 */
export const READ = 0;
export const WRITE = 1;
/** All reads of the session up to the node, and what is visible to them. */
export const READS_SO_FAR = 2;
/** All writes of the session up to the node. */
export const WRITES_SO_FAR = 3;
const PARTS = 4;

export type Part = typeof READ | typeof WRITE | typeof READS_SO_FAR | typeof WRITES_SO_FAR;

export const vertexOf = (node: number, part: Part): number => node * PARTS + part;
/** The node of a vertex. */
export const nodeOf = (vertex: number): number => Math.floor(vertex / PARTS);

/** The label of every edge of the graph. */
const VISIBLE = -1;

/**
 * The least visibility that is closed under the guarantees:
 *
 * - what was read is visible to its read;
 * - read your writes: to a read, the earlier writes of its session;
 * - monotonic reads: to a read, what is visible to the earlier reads of its session;
 * - monotonic writes: where a write is visible, the earlier ones of its session;
 * - writes follow reads: where a write is visible, what is visible to the earlier reads of its session.
 *
 * A path between two writes says as well that the first comes before the second in the order of all writes: the last step of it is one of
 * the last two rules, which demand that.
 *
 * Cost: O(n).
 */
export function visibilityGraph(
  { size, before, source, writes }: RegisterHistory,
  guarantees: ReadonlySet<Guarantee>,
  meter: Meter,
): OrderGraph {
  meter.allocate(size * 8 * 24);
  const graph = orderGraph(size * PARTS);
  const lead = (from: number, fromPart: Part, to: number, toPart: Part) =>
    addEdge(graph, vertexOf(from, fromPart), vertexOf(to, toPart), VISIBLE);
  const follow = guarantees.has("writes-follow-reads");
  for (let node = 0; node < size; node++) {
    const earlier = before[node] as number;
    const reads = (source[node] as number) >= -1;
    const isWrite = writes[node] === 1;
    if (reads) lead(node, READ, node, READS_SO_FAR);
    if (isWrite) lead(node, WRITE, node, WRITES_SO_FAR);
    if ((source[node] as number) >= 0) lead(source[node] as number, WRITE, node, READ);
    if (reads && isWrite && follow) lead(node, READ, node, WRITE);
    if (earlier < 0) continue;
    lead(earlier, READS_SO_FAR, node, READS_SO_FAR);
    lead(earlier, WRITES_SO_FAR, node, WRITES_SO_FAR);
    if (reads && guarantees.has("read-your-writes")) lead(earlier, WRITES_SO_FAR, node, READ);
    if (reads && guarantees.has("monotonic-reads")) lead(earlier, READS_SO_FAR, node, READ);
    if (isWrite && guarantees.has("monotonic-writes")) lead(earlier, WRITES_SO_FAR, node, WRITE);
    if (isWrite && follow) lead(earlier, READS_SO_FAR, node, WRITE);
  }
  return graph;
}
