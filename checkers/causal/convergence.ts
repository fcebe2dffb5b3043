import type { Meter } from "../linearizable/meter.ts";
import { causalGraph } from "../register-history/causal-order.ts";
import type { Find, Finding } from "../register-history/finding.ts";
import { addEdge, findCycle } from "../register-history/order-graph.ts";
import type { RegisterHistory } from "../register-history/register-history.ts";
import { type Conflict, causalPath, causalPatterns } from "./causal-patterns.ts";
import { concluded } from "./session-view.ts";

/** What refutes causal consistency (CC): the patterns of {@link causalPatterns}. */
export const findAgainstCausal: Find = (registers, meter) => {
  const patterns = causalPatterns(registers, meter);
  return "findings" in patterns ? patterns.findings : [];
};

/**
 * What refutes causal convergence (CCv): the patterns of causal consistency, and CyclicCF, a cycle of CF and CO. CF orders two
 * writes of a key where a read came after the first and has its value from the second, so that whoever orders all writes in one
 * way has to order them so.
 *
 * Cost: O(n·k·log n) for n operations in k sessions.
 * Source: Bouajjani et al., POPL 2017, section 4.
 */
export const findAgainstConvergence: Find = (registers, meter) => {
  const patterns = causalPatterns(registers, meter);
  if ("findings" in patterns) return patterns.findings;
  const found = cyclicCf(registers, patterns.conflicts, meter);
  return found === undefined ? [] : [found];
};

function cyclicCf(
  registers: RegisterHistory,
  conflicts: readonly Conflict[],
  meter: Meter,
): Finding | undefined {
  const graph = causalGraph(registers);
  meter.allocate(24 * (graph.from.length + conflicts.length));
  for (const [at, { overwritten, source }] of conflicts.entries()) addEdge(graph, overwritten, source, at);
  const cycle = findCycle(graph);
  if (cycle === undefined) return undefined;
  const inCycle = cycle.map((edge) => conflicts[graph.label[edge] as number]);
  const told = inCycle.flatMap((conflict) => conflict ?? []);
  return {
    type: "CyclicCF",
    nodes: [
      ...cycle.map((edge) => graph.from[edge] as number),
      ...told.flatMap(({ overwritten, read }) => [...causalPath(registers, overwritten, read), read]),
    ],
    tell: ({ who }) => ({
      what: "no one order of all writes explains what was read",
      because: told.map((conflict) => concluded({ who }, conflict)),
    }),
  };
}
