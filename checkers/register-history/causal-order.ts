import type { Meter } from "../linearizable/meter.ts";
import { addEdge, type OrderGraph, orderGraph } from "./order-graph.ts";
import type { RegisterHistory } from "./register-history.ts";

/** Why one node comes before another, as labels of edges; what else orders nodes has labels from 0 on. */
const SESSION = -1;
const READS_FROM = -2;

/** The causal order CO: session order and reads-from, closed (Bouajjani et al., POPL 2017, section 3). */
export interface CausalOrder {
  /**
   * By node, then chain: how many of the nodes of that chain come before the node or are the node itself. They are the first so
   * many, as chains are in session order.
   */
  readonly clocks: Int32Array;
  /** The nodes, none before what comes before it. */
  readonly sequence: Int32Array;
}

/**
 * Undefined where the order has a cycle.
 *
 * Cost: O(n·k) time and memory for n nodes in k chains.
 * Source: vector clocks; Zennou et al., "Checking causal consistency of distributed databases", Computing 104, 2022.
 */
export function causalOrder(registers: RegisterHistory, meter: Meter): CausalOrder | undefined {
  const { size, chain, place, before, source, chains } = registers;
  const width = chains.length;
  meter.allocate(4 * size * (width + 2));
  const sequence = topologicalSequence(registers);
  if (sequence === undefined) return undefined;
  const clocks = new Int32Array(size * width);
  for (const [at, node] of sequence.entries()) {
    if ((at & 1023) === 0) meter.spend(1024);
    if ((before[node] as number) >= 0) join(clocks, width, node, before[node] as number);
    if ((source[node] as number) >= 0) join(clocks, width, node, source[node] as number);
    clocks[node * width + (chain[node] as number)] = (place[node] as number) + 1;
  }
  return { clocks, sequence };
}

/** Session order and reads-from as a graph. Cost: O(n). */
export function causalGraph({ size, before, source }: RegisterHistory): OrderGraph {
  const graph = orderGraph(size);
  for (let node = 0; node < size; node++) {
    if ((before[node] as number) >= 0) addEdge(graph, before[node] as number, node, SESSION);
    if ((source[node] as number) >= 0) addEdge(graph, source[node] as number, node, READS_FROM);
  }
  return graph;
}

/** Whether `earlier` comes before `later`, or is it. */
export function isUpTo(
  clocks: Int32Array,
  { chain, place, chains }: RegisterHistory,
  earlier: number,
  later: number,
): boolean {
  const known = clocks[later * chains.length + (chain[earlier] as number)] as number;
  return known > (place[earlier] as number);
}

function join(clocks: Int32Array, width: number, node: number, other: number): void {
  for (let number = 0; number < width; number++) {
    const its = clocks[other * width + number] as number;
    if (its > (clocks[node * width + number] as number)) clocks[node * width + number] = its;
  }
}

function topologicalSequence({ size, before, source }: RegisterHistory): Int32Array | undefined {
  const waitsFor = new Uint8Array(size);
  const followers = new Int32Array(2 * size).fill(-1);
  const firstFollower = new Int32Array(size).fill(-1);
  const follow = (slot: number, node: number, other: number) => {
    if (other < 0) return;
    waitsFor[node] = (waitsFor[node] as number) + 1;
    followers[slot] = firstFollower[other] as number;
    firstFollower[other] = slot;
  };
  for (let node = 0; node < size; node++) {
    follow(2 * node, node, before[node] as number);
    follow(2 * node + 1, node, source[node] as number);
  }
  const sequence = new Int32Array(size);
  let length = 0;
  for (let node = 0; node < size; node++) if (waitsFor[node] === 0) sequence[length++] = node;
  for (let at = 0; at < length; at++) {
    for (
      let slot = firstFollower[sequence[at] as number] as number;
      slot !== -1;
      slot = followers[slot] as number
    ) {
      const node = slot >> 1;
      waitsFor[node] = (waitsFor[node] as number) - 1;
      if (waitsFor[node] === 0) sequence[length++] = node;
    }
  }
  return length === size ? sequence : undefined;
}
