import { EnvironmentError, invariant } from "../../harness/errors.ts";
import { type Capabilities, type Effect, offering } from "../../harness/ports/index.ts";
import { inTurn } from "../in-turn.ts";
import { jointEffect, type NodeEffect } from "../node-effects.ts";
import { settleAll } from "../settle-all.ts";
import type { ProcessNetwork } from "./network.ts";
import type { ProcessNode } from "./node.ts";

/** The part of a node that faults act on. */
export type FaultyNode = Pick<
  ProcessNode,
  "id" | "up" | "paused" | "problem" | "start" | "kill" | "pause" | "resume"
>;

/**
 * The faults of a cluster of processes: kill and pause by signals, each found out from the system's table of processes;
 * partitions in the network that the harness plays. One at a time, since a fault looks at a state and then changes it.
 */
export function faultCapabilities(
  nodes: ReadonlyMap<string, FaultyNode>,
  network: Pick<ProcessNetwork, "block" | "heal">,
): Capabilities {
  const alone = inTurn();
  const onEach = (
    ids: readonly string[],
    act: (node: FaultyNode) => Promise<Omit<NodeEffect, "node">>,
  ): Promise<Effect> =>
    alone(async () => {
      const effects = ids.map(async (id) => {
        const node = nodes.get(id);
        invariant(node !== undefined, `there is no node ${id} in ${[...nodes.keys()]}`);
        return { node: id, ...(await act(node)) };
      });
      // One node that cannot start must not keep the others down.
      return jointEffect(await settleAll(effects));
    });

  const offered: Partial<Capabilities> = {
    kill: { kill: (ids) => onEach(ids, kill), restart: (ids) => onEach(ids, restart) },
    pause: { pause: (ids) => onEach(ids, pause), resume: (ids) => onEach(ids, resume) },
    partition: {
      block: async (links) => ({ effective: false, detail: `${network.block(links)} links blocked` }),
      heal: async () => {
        const dropped = network.heal();
        return { effective: dropped > 0, detail: `${dropped} messages dropped` };
      },
    },
  };
  return offering(offered, (name) => ({
    unavailable: `nodes that are child processes offer no ${name}`,
    hint: `inject another fault: ${Object.keys(offered).join(", ")}`,
  }));
}

async function kill(node: FaultyNode): Promise<Omit<NodeEffect, "node">> {
  if (node.problem !== undefined) throw node.problem;
  if (!node.up) return { effective: false, detail: "was down" };
  const gone = await node.kill();
  return { effective: gone, detail: gone ? "process gone" : "still there after SIGKILL" };
}

async function restart(node: FaultyNode): Promise<Omit<NodeEffect, "node">> {
  if (node.problem !== undefined) throw node.problem;
  if (node.up) return { effective: false };
  await node.start();
  return { effective: false, detail: "process started" };
}

async function pause(node: FaultyNode): Promise<Omit<NodeEffect, "node">> {
  if (!node.up) return { effective: false, detail: "was down" };
  const stopped = await node.pause();
  return { effective: stopped, detail: stopped ? "paused" : "still running" };
}

async function resume(node: FaultyNode): Promise<Omit<NodeEffect, "node">> {
  if (!node.up || !node.paused) return { effective: false };
  if (await node.resume()) return { effective: true, detail: "resumed" };
  throw new EnvironmentError({
    code: "not-resumed",
    message: `${node.id} is still stopped after SIGCONT`,
    hint: "does somebody else stop it, such as a debugger?",
  });
}
