import { NS_PER_MS } from "../../harness/clock/duration.ts";
import type { Measure } from "../../harness/ports/verdict.ts";
import type { TextOf } from "./divergence.ts";
import type { KeyHistory } from "./final-values.ts";

/**
 * For each node how long after the final heal it showed for the first time what it then went on to show: until its first
 * final read of the last row of equal ones was answered. So it is at most that long, and depends on how often it was read.
 */
export function timeToConverge({ key, final }: KeyHistory, healTimeNs: number, textOf: TextOf): Measure[] {
  const inOrder = final.reads.toSorted((a, b) => a.completeIndex - b.completeIndex);
  return [...final.last].map(([node, last]) => {
    const text = textOf(last.output ?? null);
    const ofNode = inOrder.filter((read) => read.node === node);
    const changed = ofNode.findLastIndex((read) => textOf(read.output ?? null) !== text);
    const first = ofNode[changed + 1] ?? last;
    return {
      name: "time to converge",
      unit: "ms",
      ...(key === undefined ? {} : { key }),
      node,
      value: Math.max(0, first.completeTimeNs - healTimeNs) / NS_PER_MS,
    };
  });
}
