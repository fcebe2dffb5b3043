import { invariant } from "../../harness/errors.ts";
import type { Capabilities, Effect } from "../../harness/ports/cluster.ts";
import type { SimulatedNetwork } from "./network.ts";

/** The part of a node that faults act on. */
export interface FaultyNode {
  readonly id: string;
  readonly up: boolean;
  readonly paused: boolean;
  start(): void;
  kill(): number;
  pause(): void;
  resume(): number;
}

/** The faults of a simulated cluster. Each effect is what the simulation then is in, read back from it. */
export function faultCapabilities(
  nodes: ReadonlyMap<string, FaultyNode>,
  network: SimulatedNetwork,
): Capabilities {
  const onEach = (ids: readonly string[], act: (node: FaultyNode) => Effect): Effect => {
    const effects = ids.map((id) => {
      const node = nodes.get(id);
      invariant(node !== undefined, `there is no node ${id} in ${[...nodes.keys()]}`);
      return act(node);
    });
    return {
      effective: effects.some((effect) => effect.effective),
      detail: effects.map((effect) => effect.detail).join("; ") || "no node was named",
    };
  };
  const none = (node: FaultyNode, why: string): Effect => ({
    effective: false,
    detail: `${node.id}: ${why}`,
  });

  return {
    kill: {
      kill: async (ids) =>
        onEach(ids, (node) => {
          if (!node.up) return none(node, "was down");
          const lost = node.kill();
          return { effective: !node.up, detail: `${node.id}: process gone, ${lost} unsynced writes lost` };
        }),
      restart: async (ids) =>
        onEach(ids, (node) => {
          if (node.up) return none(node, "was up");
          node.start();
          return { effective: node.up, detail: `${node.id}: process started` };
        }),
    },
    pause: {
      pause: async (ids) =>
        onEach(ids, (node) => {
          if (!node.up) return none(node, "was down");
          if (node.paused) return none(node, "was paused");
          node.pause();
          return { effective: node.paused, detail: `${node.id}: paused` };
        }),
      resume: async (ids) =>
        onEach(ids, (node) => {
          if (!node.paused) return none(node, "was not paused");
          const withheld = node.resume();
          return { effective: withheld > 0, detail: `${node.id}: ${withheld} events had been withheld` };
        }),
    },
    partition: {
      block: async (links) => {
        const fresh = network.block(links);
        return { effective: fresh > 0, detail: `${fresh} links blocked` };
      },
      heal: async () => {
        const dropped = network.heal();
        return { effective: dropped > 0, detail: `${dropped} messages dropped` };
      },
    },
  };
}
