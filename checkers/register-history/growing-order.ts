import type { Meter } from "../linearizable/meter.ts";
import { type CausalOrder, causalGraph, isUpTo } from "./causal-order.ts";
import { addEdge, findPath, type OrderGraph } from "./order-graph.ts";
import type { RegisterHistory } from "./register-history.ts";

/**
 * The causal order with more edges, one after the other, for rules that derive edges from what is known so far. Clocks are kept up
 * to date, and say to whom the order has just grown.
 *
 * Cost: an edge costs O(k) where it was known, and else O(k) for each node that comes to know more by it.
 */
export class GrowingOrder {
  readonly #registers: RegisterHistory;
  readonly #clocks: Int32Array;
  readonly #graph: OrderGraph;
  readonly #meter: Meter;
  /** For each node the edges of the graph that begin there. */
  readonly #outgoing: number[][];
  readonly #grown: (node: number) => void;
  #raises = 0;

  /** `grown` hears of each node that comes after more than before; it adds no edges at that moment. */
  constructor(registers: RegisterHistory, causal: CausalOrder, meter: Meter, grown: (node: number) => void) {
    meter.allocate(causal.clocks.byteLength + registers.size * 128);
    this.#registers = registers;
    this.#clocks = causal.clocks.slice();
    this.#graph = causalGraph(registers);
    this.#meter = meter;
    this.#grown = grown;
    this.#outgoing = Array.from({ length: registers.size }, () => []);
    for (const [edge, from] of this.#graph.from.entries()) this.#outgoing[from]?.push(edge);
  }

  /** How many nodes of a chain come before the node, or are it. */
  known(node: number, chain: number): number {
    return this.#clocks[node * this.#registers.chains.length + chain] as number;
  }

  /** Whether `earlier` comes before `later`, or is it. */
  isUpTo(earlier: number, later: number): boolean {
    return isUpTo(this.#clocks, this.#registers, earlier, later);
  }

  /** Puts `from` before `to`. False where that closes a cycle; nothing may be added after that. */
  add(from: number, to: number, label: number): boolean {
    if (this.isUpTo(from, to) && from !== to) return true;
    this.#outgoing[from]?.push(this.#graph.from.length);
    addEdge(this.#graph, from, to, label);
    this.#meter.allocate(32);
    if (this.isUpTo(to, from)) return false;
    this.#raise(from, to);
    return true;
  }

  /** The edges of a shortest path. */
  path(from: number, to: number): Edge[] | undefined {
    return findPath(this.#graph, from, to)?.map((edge) => this.#edge(edge));
  }

  /** The last edge that was added: the one that closed the cycle. */
  get last(): Edge {
    return this.#edge(this.#graph.from.length - 1);
  }

  #edge(edge: number): Edge {
    const { from, to, label } = this.#graph;
    return { from: from[edge] as number, to: to[edge] as number, label: label[edge] as number };
  }

  #raise(from: number, to: number): void {
    if (!this.#join(from, to)) return;
    const raised = [to];
    for (let node = raised.pop(); node !== undefined; node = raised.pop()) {
      if ((++this.#raises & 1023) === 0) this.#meter.spend(1024);
      this.#grown(node);
      for (const edge of this.#outgoing[node] ?? []) {
        const next = this.#graph.to[edge] as number;
        if (this.#join(node, next)) raised.push(next);
      }
    }
  }

  #join(from: number, to: number): boolean {
    const width = this.#registers.chains.length;
    let changed = false;
    for (let chain = 0; chain < width; chain++) {
      const known = this.#clocks[from * width + chain] as number;
      if (known <= (this.#clocks[to * width + chain] as number)) continue;
      this.#clocks[to * width + chain] = known;
      changed = true;
    }
    return changed;
  }
}

/** One node before another. The label is negative for what is so from the start, and else the caller's. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly label: number;
}
