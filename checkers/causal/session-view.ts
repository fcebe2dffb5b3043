import type { Meter } from "../linearizable/meter.ts";
import { causalOrder } from "../register-history/causal-order.ts";
import type { Finding, Words } from "../register-history/finding.ts";
import { type Edge, GrowingOrder } from "../register-history/growing-order.ts";
import { INITIAL, NONE, type RegisterHistory } from "../register-history/register-history.ts";
import { type ChainWrites, countBefore, writesByKey } from "../register-history/writes-by-key.ts";
import type { Conflict } from "./causal-patterns.ts";

/** The last node of every chain: the last operations of the sessions, and the crashed ones that stand by themselves. */
export function lastNodes({ chains }: RegisterHistory): number[] {
  return chains.flatMap((nodes) => nodes.at(-1) ?? []);
}

/** A node and what came before it in its session, in order. */
export function sessionUpTo({ before }: RegisterHistory, last: number): number[] {
  const nodes: number[] = [];
  for (let node = last; node !== NONE; node = before[node] as number) nodes.push(node);
  return nodes.reverse();
}

/**
 * Whether one session can have seen the operations of `view` in one order that keeps the causal order of `view` and explains
 * its own reads, up to the node `last` of `view`: the fixpoint HB of that node. Where a read comes after a write of its key
 * and has its value from another one, the other one comes later; what that orders may say more, until nothing changes.
 * A cycle, or a write before a read of the initial value, refutes it, and nothing else does.
 *
 * `view` has no causal cycle. The nodes found are nodes of `view`.
 *
 * Cost: O(m·k) for each time that the order grows, m nodes and k chains in `view`.
 * Source: Bouajjani et al., POPL 2017, section 4, WriteHBInitRead and CyclicHB. HB grows along a session, so its last operation
 * stands for all.
 */
export function refuteView(view: RegisterHistory, last: number, meter: Meter): ViewContradiction | undefined {
  const causal = causalOrder(view, meter);
  if (causal === undefined) return undefined;
  const { source } = view;
  const own = new Set(sessionUpTo(view, last).filter((node) => source[node] !== NONE));
  const pending = new Set(own);
  const order = new GrowingOrder(view, causal, meter, (node) => {
    if (own.has(node)) pending.add(node);
  });
  const writes = writesByKey(view);
  for (const read of pending) {
    pending.delete(read);
    const contradiction = overwrite(read);
    if (contradiction !== undefined) return contradiction;
  }
  return undefined;

  function overwrite(read: number): ViewContradiction | undefined {
    const from = source[read] as number;
    for (const write of lastWrites(view, order, writes, read)) {
      if (write === from) continue;
      if (from === INITIAL) return contradiction("initial", order.path(write, read) ?? [], write, read);
      if (order.add(write, from, read)) continue;
      return contradiction("cycle", [order.last, ...(order.path(from, write) ?? [])], write, read);
    }
    return undefined;
  }

  function contradiction(
    kind: ViewContradiction["kind"],
    edges: readonly Edge[],
    write: number,
    read: number,
  ): ViewContradiction {
    return { kind, write, read, ...grounds(order, edges) };
  }
}

/** Why a session cannot have seen its view. */
export interface ViewContradiction {
  /** A write before a read of the initial value, or a cycle. */
  readonly kind: "initial" | "cycle";
  readonly write: number;
  readonly read: number;
  readonly nodes: readonly number[];
  /** What was concluded on the way: that one write comes before another because of a read. */
  readonly conclusions: readonly Edge[];
}

/** The last write of the key in each chain that comes before the read. */
function* lastWrites(
  { chain, place, key }: RegisterHistory,
  order: GrowingOrder,
  writes: readonly (readonly ChainWrites[])[],
  read: number,
): Generator<number> {
  for (const { chain: number, nodes, places } of writes[key[read] as number] ?? []) {
    const end = number === chain[read] ? (place[read] as number) : order.known(read, number);
    const last = nodes[countBefore(places, end) - 1];
    if (last !== undefined) yield last;
  }
}

/** The nodes that edges rest on: their own, and those by which each was concluded. */
function grounds(order: GrowingOrder, edges: readonly Edge[]) {
  const nodes = new Set<number>();
  const conclusions = new Map<string, Edge>();
  const open = [...edges];
  for (let edge = open.pop(); edge !== undefined; edge = open.pop()) {
    nodes.add(edge.from).add(edge.to);
    if (edge.label < 0 || conclusions.has(`${edge.from} ${edge.to}`)) continue;
    conclusions.set(`${edge.from} ${edge.to}`, edge);
    nodes.add(edge.label);
    open.push(...(order.path(edge.from, edge.label) ?? []));
  }
  return { nodes: [...nodes], conclusions: [...conclusions.values()].reverse() };
}

/** That a read says which of two writes came first. */
export function concluded({ who }: Words, { overwritten, source, read }: Conflict): string {
  return `${who(overwritten)} before ${who(source)}, as ${who(read)} and knew of the other`;
}

/** As a finding on the whole history; `numbers` are the nodes there of those in the view. */
export function findingOf(
  { kind, write, read, nodes, conclusions }: ViewContradiction,
  numbers: readonly number[],
  types: { readonly initial: string; readonly cycle: string },
): Finding {
  const of = (node: number) => numbers[node] as number;
  return {
    type: types[kind],
    nodes: nodes.map(of),
    tell: ({ who }) => ({
      what:
        kind === "initial"
          ? `${who(of(read))}, the initial value, but for that session ${who(of(write))} comes before it`
          : `${who(of(read))}, and its session cannot have seen the writes in any one order`,
      because: conclusions.map(({ from, to, label }) =>
        concluded({ who }, { overwritten: of(from), source: of(to), read: of(label) }),
      ),
    }),
  };
}
