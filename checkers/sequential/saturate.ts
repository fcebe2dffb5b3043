import type { Meter } from "../linearizable/meter.ts";
import { causalGraph, causalOrder } from "../register-history/causal-order.ts";
import type { Find, Finding, Words } from "../register-history/finding.ts";
import { type Edge, GrowingOrder } from "../register-history/growing-order.ts";
import { findCycle } from "../register-history/order-graph.ts";
import { INITIAL, NONE, type RegisterHistory } from "../register-history/register-history.ts";
import { countBefore, writesByKey } from "../register-history/writes-by-key.ts";

/** What every order of all operations must agree with, as far as it can be concluded. */
export type Saturated = { readonly order: GrowingOrder } | { readonly finding: Finding };

/** A violation that is found without a search. */
export const findForcedCycle: Find = (registers, meter) => {
  const saturated = saturate(registers, meter);
  return "finding" in saturated ? [saturated.finding] : [];
};

/**
 * Concludes what comes before what in any one order of all operations that explains each read of a register, until nothing
 * changes: session order and reads-from; a write before a read comes before the write that the read is from; a read comes before
 * a write that comes after the one it is from. A cycle means that there is no such order. Without one, there may be none
 * all the same.
 *
 * Of the writes of a chain before an operation only the last is looked at, and of the reads of a write only the last of each chain;
 * session order says the rest.
 *
 * Cost: O(n·k²) for n operations in k sessions, and O(k) for each operation that comes to know more.
 * Source: Gibbons and Korach, "Testing shared memories", SIAM J. Comput. 26(4), 1997; Biswas and Enea, OOPSLA 2019.
 */
export function saturate(registers: RegisterHistory, meter: Meter): Saturated {
  const causal = causalOrder(registers, meter);
  if (causal === undefined) return { finding: causalCycle(registers) };
  const { size, key, source, writes, chain, place } = registers;
  const pending = new Set<number>(causal.sequence);
  const order = new GrowingOrder(registers, causal, meter, (node) => {
    pending.add(node);
  });
  const ofKey = writesByKey(registers);
  const { readersOf, initialReaders } = lastReaders(registers);

  for (const node of pending) {
    pending.delete(node);
    const from = source[node] as number;
    for (const { chain: number, nodes, places } of ofKey[key[node] as number] ?? []) {
      const end = number === chain[node] ? (place[node] as number) : order.known(node, number);
      const write = nodes[countBefore(places, end) - 1];
      if (write === undefined) continue;
      const isOverwritten = from >= 0 && write !== from;
      if (isOverwritten && !order.add(write, from, node)) return { finding: contradiction(order, size) };
      if (writes[node] === 0) continue;
      for (const read of readersOf[write] ?? []) {
        if (read !== node && !order.add(read, node, size + write)) {
          return { finding: contradiction(order, size) };
        }
      }
    }
    if (writes[node] === 0) continue;
    for (const read of initialReaders.get(key[node] as number) ?? []) {
      if (read !== node && !order.add(read, node, 2 * size)) return { finding: contradiction(order, size) };
    }
  }
  return { order };
}

/** For each write, and for the initial value of each key, the last node of each chain that read it. */
function lastReaders({ size, key, source, chain }: RegisterHistory) {
  const found = new Map<number, Map<number, number>>();
  for (let node = 0; node < size; node++) {
    const from = source[node] as number;
    if (from === NONE) continue;
    const version = from === INITIAL ? size + (key[node] as number) : from;
    const last = found.get(version) ?? new Map<number, number>();
    found.set(version, last.set(chain[node] as number, node));
  }
  const readersOf: number[][] = [];
  const initialReaders = new Map<number, number[]>();
  for (const [version, last] of found) {
    if (version < size) readersOf[version] = [...last.values()];
    else initialReaders.set(version - size, [...last.values()]);
  }
  return { readersOf, initialReaders };
}

/** How the anomaly is called, also where only the search found it. */
export const NONSEQUENTIAL = "nonsequential";

function causalCycle(registers: RegisterHistory): Finding {
  const graph = causalGraph(registers);
  const nodes = (findCycle(graph) ?? []).map((edge) => graph.from[edge] as number);
  return {
    type: NONSEQUENTIAL,
    nodes,
    tell: ({ who }) => ({
      what: `${who(nodes[0] as number)}, which comes causally before itself`,
      because: [],
    }),
  };
}

function contradiction(order: GrowingOrder, size: number): Finding {
  const { last } = order;
  const nodes = new Set<number>();
  const conclusions = new Map<string, Edge>();
  const open = [last, ...(order.path(last.to, last.from) ?? [])];
  for (let edge = open.pop(); edge !== undefined; edge = open.pop()) {
    const { from, to, label } = edge;
    nodes.add(from).add(to);
    if (label < 0 || conclusions.has(`${from} ${to}`)) continue;
    conclusions.set(`${from} ${to}`, edge);
    // What it was concluded from: that the read comes after the write, or the write after the one that was read.
    if (label < size) nodes.add(label);
    if (label < size) open.push(...(order.path(from, label) ?? []));
    else if (label < 2 * size) {
      nodes.add(label - size);
      if (label - size !== to) open.push(...(order.path(label - size, to) ?? []));
    }
  }
  return {
    type: NONSEQUENTIAL,
    nodes: [...nodes],
    tell: (words) => ({
      what: "no one order of all operations keeps that of each session and explains what was read",
      because: [...conclusions.values()].reverse().map((edge) => conclusion(words, edge, size)),
    }),
  };
}

function conclusion({ who }: Words, { from, to, label }: Edge, size: number): string {
  const both = `${who(from)} before ${who(to)}`;
  if (label < size) return `${both}, as ${who(label)} and came after the first`;
  if (label < 2 * size) return `${both}, which came after ${who(label - size)}`;
  return `${both}, as that overwrote the initial value`;
}
