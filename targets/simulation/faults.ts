import { invariant } from "../../harness/errors.ts";
import { type Capabilities, type ClockSkew, type Effect, offering } from "../../harness/ports/cluster.ts";
import { jointEffect, type NodeEffect } from "../node-effects.ts";
import type { SimulatedNetwork } from "./network.ts";
import { describeClock, describeOff, type NodeClock } from "./node-clock.ts";

/** The part of a node that faults act on. */
export interface FaultyNode {
  readonly id: string;
  readonly up: boolean;
  readonly paused: boolean;
  start(): void;
  kill(): number;
  pause(): void;
  resume(): number;
  readonly clock: Pick<NodeClock, "offNs" | "rate">;
  setClock(skew?: ClockSkew): void;
}

/** The faults of a simulated cluster. Each effect is what the simulation then is in, read back from it. */
export function faultCapabilities(
  nodes: ReadonlyMap<string, FaultyNode>,
  network: SimulatedNetwork,
): Capabilities {
  const onEach = (ids: readonly string[], act: (node: FaultyNode) => Omit<NodeEffect, "node">): Effect =>
    jointEffect(
      ids.map((id) => {
        const node = nodes.get(id);
        invariant(node !== undefined, `there is no node ${id} in ${[...nodes.keys()]}`);
        return { node: id, ...act(node) };
      }),
    );
  const nothingToDo = { effective: false };

  const offered: Partial<Capabilities> = {
    kill: {
      kill: async (ids) =>
        onEach(ids, (node) => {
          if (!node.up) return { effective: false, detail: "was down" };
          const lost = node.kill();
          return { effective: !node.up, detail: `process gone, ${lost} unsynced writes lost` };
        }),
      restart: async (ids) =>
        onEach(ids, (node) => {
          if (node.up) return nothingToDo;
          node.start();
          return { effective: false, detail: "process started" };
        }),
    },
    pause: {
      pause: async (ids) =>
        onEach(ids, (node) => {
          if (!node.up) return { effective: false, detail: "was down" };
          if (node.paused) return { effective: true, detail: "was paused" };
          node.pause();
          return { effective: node.paused, detail: "paused" };
        }),
      resume: async (ids) =>
        onEach(ids, (node) => {
          if (!node.paused) return nothingToDo;
          const withheld = node.resume();
          return { effective: true, detail: `${withheld} events had been withheld` };
        }),
    },
    partition: {
      block: async (links) => {
        const fresh = network.block(links);
        return { effective: false, detail: `${fresh} links blocked` };
      },
      heal: async () => {
        const dropped = network.heal();
        return { effective: dropped > 0, detail: `${dropped} messages dropped` };
      },
    },
    clock: {
      skew: async (skews) =>
        onEach(Object.keys(skews), (node) => {
          node.setClock(skews[node.id]);
          return { effective: isOff(node), detail: describeClock(node.clock) };
        }),
      // A clock that runs fast or slow is off only after a while: that it was shows when it is put right.
      reset: async () =>
        onEach([...nodes.keys()], (node) => {
          const { offNs, rate } = node.clock;
          if (offNs === 0 && rate === 1) return nothingToDo;
          const effective = isOff(node);
          node.setClock();
          return { effective, detail: `was ${describeOff(offNs)}` };
        }),
    },
  };
  return offering(offered, (name) => ({
    unavailable: `simulated nodes offer no ${name}`,
    hint: `inject another fault: ${Object.keys(offered).join(", ")}`,
  }));
}

/** Whether somebody goes by a clock that is off now. */
function isOff({ up, clock }: FaultyNode): boolean {
  return up && clock.offNs !== 0;
}
