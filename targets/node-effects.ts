import type { Effect } from "../harness/ports/index.ts";

/** What a probe saw at one node; no detail where there was nothing to do. */
export interface NodeEffect {
  readonly node: string;
  readonly effective: boolean;
  readonly detail?: string;
}

/**
 * What was done to several nodes as one effect: it had one where any node had. Nodes of which the same is to be said
 * are named together, and those where nothing was to do are left out.
 */
export function jointEffect(effects: readonly NodeEffect[]): Effect {
  const nodesByDetail = new Map<string, string[]>();
  for (const { node, detail } of effects) {
    if (detail !== undefined) nodesByDetail.set(detail, [...(nodesByDetail.get(detail) ?? []), node]);
  }
  const details = [...nodesByDetail].map(([detail, nodes]) => `${nodes.join(", ")}: ${detail}`);
  return {
    effective: effects.some(({ effective }) => effective),
    detail: details.join("; ") || "nothing to do",
  };
}
