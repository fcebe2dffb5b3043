import { causalGraph } from "../register-history/causal-order.ts";
import type { Find, Finding } from "../register-history/finding.ts";
import { findCycle } from "../register-history/order-graph.ts";
import { restrict } from "../register-history/register-history.ts";
import { findingOf, lastNodes, refuteView, sessionUpTo } from "./session-view.ts";

const TYPES = { initial: "WritePRAMInitRead", cycle: "CyclicPRAM" };

/**
 * What refutes PRAM: a session that cannot have seen all writes, each session's in its order, in one order that explains its own
 * reads. The views are those of causal memory with the reads of other sessions left out, and so is the argument.
 *
 * Cost: as of causal memory.
 * Source: Lipton and Sandberg, "PRAM: a scalable shared memory", Princeton CS-TR-180-88, 1988; Wei et al., "Verifying
 * PRAM consistency over read/write traces of data replicas", IEEE TPDS 27(5), 2016.
 */
export const findAgainstPram: Find = (registers, meter) => {
  const found = new Map<string, Finding>();
  for (const last of lastNodes(registers)) {
    const own = new Set(sessionUpTo(registers, last));
    const isSeen = (node: number) => own.has(node) || registers.writes[node] === 1;
    const numbers = [...registers.rows.keys()].filter(isSeen);
    const view = restrict(registers, isSeen, (node) => own.has(node));
    const graph = causalGraph(view);
    const cycle = findCycle(graph);
    const contradiction = cycle === undefined ? refuteView(view, numbers.indexOf(last), meter) : undefined;
    const finding =
      cycle !== undefined
        ? readFromTheFuture(cycle.map((edge) => numbers[graph.from[edge] as number] as number))
        : contradiction && findingOf(contradiction, numbers, TYPES);
    if (finding !== undefined && !found.has(finding.type)) found.set(finding.type, finding);
  }
  return [...found.values()];
};

function readFromTheFuture(nodes: readonly number[]): Finding {
  return {
    type: TYPES.cycle,
    nodes,
    tell: ({ who }) => ({ what: `${who(nodes[0] as number)}, which comes before itself`, because: [] }),
  };
}
