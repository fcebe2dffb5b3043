import type { Meter } from "../linearizable/meter.ts";
import { type CausalOrder, causalGraph, causalOrder, isUpTo } from "../register-history/causal-order.ts";
import type { Finding } from "../register-history/finding.ts";
import { findCycle, findPath } from "../register-history/order-graph.ts";
import { INITIAL, NONE, type RegisterHistory } from "../register-history/register-history.ts";
import { countBefore, writesByKey } from "../register-history/writes-by-key.ts";

/** What the bad patterns of causal consistency come to on a history. */
export type CausalPatterns =
  | { readonly causal: CausalOrder; readonly conflicts: readonly Conflict[] }
  | { readonly findings: Finding[] };

/** A read that came after a write of its key, and has its value from another one: CF orders them so. */
export interface Conflict {
  readonly overwritten: number;
  readonly source: number;
  readonly read: number;
}

/**
 * The bad patterns CyclicCO, WriteCOInitRead and WriteCORead; where there are none, the conflicts that CF consists of. Of the
 * writes of a chain that come before a read only the last matters, as the others come before it.
 *
 * Cost: O(n·k·log n) for n operations in k sessions.
 * Source: Bouajjani, Enea, Guerraoui and Hamza, "On verifying causal consistency", POPL 2017, table 3.
 */
export function causalPatterns(registers: RegisterHistory, meter: Meter): CausalPatterns {
  const causal = causalOrder(registers, meter);
  if (causal === undefined) return { findings: [cyclic(registers)] };
  const writes = writesByKey(registers);
  const { chain, chains, key, place, source } = registers;
  const conflicts: Conflict[] = [];
  let initialRead: Conflict | undefined;
  let staleRead: Conflict | undefined;
  for (const read of causal.sequence) {
    const from = source[read] as number;
    if (from === NONE) continue;
    meter.spend(1);
    for (const { chain: number, nodes, places } of writes[key[read] as number] ?? []) {
      // A compare-and-set does not come before itself.
      const end =
        number === chain[read]
          ? (place[read] as number)
          : (causal.clocks[read * chains.length + number] as number);
      const overwritten = nodes[countBefore(places, end) - 1];
      if (overwritten === undefined || overwritten === from) continue;
      const conflict = { overwritten, source: from, read };
      if (from === INITIAL) initialRead ??= conflict;
      else if (isUpTo(causal.clocks, registers, from, overwritten)) staleRead ??= conflict;
      else if (!isUpTo(causal.clocks, registers, overwritten, from)) conflicts.push(conflict);
    }
  }
  const findings: Finding[] = [];
  if (initialRead !== undefined) findings.push(writeCoInitRead(registers, initialRead));
  if (staleRead !== undefined) findings.push(writeCoRead(registers, staleRead));
  return findings.length > 0 ? { findings } : { causal, conflicts };
}

function cyclic(registers: RegisterHistory): Finding {
  const graph = causalGraph(registers);
  const nodes = (findCycle(graph) ?? []).map((edge) => graph.from[edge] as number);
  return {
    type: "CyclicCO",
    nodes,
    tell: ({ who }) => ({
      what: `${who(nodes[0] as number)}, which comes causally before itself`,
      because: [
        "each of these was read from, or came later in a session than, the one before it, all the way round:",
      ],
    }),
  };
}

function writeCoInitRead(registers: RegisterHistory, { overwritten, read }: Conflict): Finding {
  return {
    type: "WriteCOInitRead",
    nodes: [overwritten, ...causalPath(registers, overwritten, read), read],
    tell: ({ who }) => ({
      what: `${who(read)}, the initial value, but ${who(overwritten)} comes causally before that`,
      because: [],
    }),
  };
}

function writeCoRead(registers: RegisterHistory, { overwritten, source, read }: Conflict): Finding {
  return {
    type: "WriteCORead",
    nodes: [
      source,
      ...causalPath(registers, source, overwritten),
      overwritten,
      ...causalPath(registers, overwritten, read),
      read,
    ],
    tell: ({ who }) => ({
      what: `${who(read)}, but that had been overwritten in its causal past`,
      because: [`${who(overwritten)}: causally after the value that was read, and before the read`],
    }),
  };
}

/** What stands between two nodes on a shortest causal path. */
export function causalPath(registers: RegisterHistory, from: number, to: number): number[] {
  const graph = causalGraph(registers);
  return (findPath(graph, from, to) ?? []).map((edge) => graph.to[edge] as number).slice(0, -1);
}
