import type { Clock } from "../../harness/clock/index.ts";
import type { KillCapability } from "../../harness/ports/index.ts";
import { jointEffect, type NodeEffect } from "../node-effects.ts";
import { pollUntil } from "../poll.ts";
import { settleAll } from "../settle-all.ts";
import type { Engine } from "./engine.ts";
import { tolerate } from "./engine-error.ts";
import { type DockerNode, nodeDied, startNode } from "./node.ts";
import type { Partition } from "./partition.ts";

const GONE_WITHIN_MS = 10_000;
/** A store that refuses its data or its options ends in a moment; who lives that long has started. */
const STARTED_AFTER_MS = 500;

/** SIGKILL to the store's process, and a start of the same container on the same volume, address and port. */
export function killCapability(
  engine: Engine,
  nodesNamed: (names: readonly string[]) => readonly DockerNode[],
  { clock, partition }: { clock: Clock; partition: Partition },
): KillCapability {
  /** Nodes that are down because they were killed here; any other that is down ended by itself. */
  const killed = new Set<DockerNode>();

  async function kill(node: DockerNode): Promise<NodeEffect> {
    const before = await engine.containerState(node.container);
    if (!before.running && !killed.has(node)) throw await nodeDied(engine, node, before);
    if (!before.running) return { node: node.name, effective: false, detail: "was down" };
    killed.add(node);
    await partition.beforeKill(node);
    // 409: it ended by itself meanwhile.
    await tolerate(engine.killContainer(node.container), 409);
    let exitCode = 0;
    const gone = await pollUntil(clock, { timeoutMs: GONE_WITHIN_MS, everyMs: 10 }, async () => {
      const state = await engine.containerState(node.container);
      exitCode = state.exitCode;
      return !state.running;
    });
    const detail = gone ? `exit code ${exitCode}` : `still runs ${GONE_WITHIN_MS / 1000} s after SIGKILL`;
    return { node: node.name, effective: gone, detail };
  }

  async function restart(node: DockerNode): Promise<NodeEffect> {
    const before = await engine.containerState(node.container);
    if (before.running) return { node: node.name, effective: false };
    if (!killed.has(node)) throw await nodeDied(engine, node, before);
    await partition.beforeStart(node);
    await startNode(engine, node);
    let state = await engine.containerState(node.container);
    await pollUntil(clock, { timeoutMs: STARTED_AFTER_MS, everyMs: 50 }, async () => {
      state = await engine.containerState(node.container);
      return !state.running;
    });
    if (!state.running) throw await nodeDied(engine, node, state);
    killed.delete(node);
    return { node: node.name, effective: false, detail: "runs again" };
  }

  return {
    kill: async (names) => jointEffect(await settleAll(nodesNamed(names).map(kill))),
    // One node that cannot start must not keep the others down.
    restart: async (names) => jointEffect(await settleAll(nodesNamed(names).map(restart))),
  };
}
