import { isUpTo } from "../register-history/causal-order.ts";
import type { Find, Finding } from "../register-history/finding.ts";
import { restrict } from "../register-history/register-history.ts";
import { causalPatterns } from "./causal-patterns.ts";
import { findingOf, lastNodes, refuteView } from "./session-view.ts";

const TYPES = { initial: "WriteHBInitRead", cycle: "CyclicHB" };

/**
 * What refutes causal memory (CM): the patterns of causal consistency, and WriteHBInitRead or CyclicHB of the last operation of
 * a session.
 *
 * Cost: O(n·k²) for n operations in k sessions where little is concluded, O(n²·k) at worst.
 * Source: Bouajjani et al., POPL 2017, section 4; Ahamad et al., "Causal memory", Distributed Computing 9, 1995.
 */
export const findAgainstMemory: Find = (registers, meter) => {
  const patterns = causalPatterns(registers, meter);
  if ("findings" in patterns) return patterns.findings;
  const { clocks } = patterns.causal;
  const found = new Map<string, Finding>();
  for (const last of lastNodes(registers)) {
    const past = [...registers.rows.keys()].filter((node) => isUpTo(clocks, registers, node, last));
    const isPast = new Set(past);
    const view = restrict(
      registers,
      (node) => isPast.has(node),
      () => true,
    );
    const contradiction = refuteView(view, past.indexOf(last), meter);
    if (contradiction === undefined) continue;
    const finding = findingOf(contradiction, past, TYPES);
    if (!found.has(finding.type)) found.set(finding.type, finding);
  }
  return [...found.values()];
};
