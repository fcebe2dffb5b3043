import { EnvironmentError } from "../../harness/errors.ts";
import type { PauseCapability } from "../../harness/ports/index.ts";
import { jointEffect, type NodeEffect } from "../node-effects.ts";
import { settleAll } from "../settle-all.ts";
import type { ContainerState, Engine } from "./engine.ts";
import { tolerate } from "./engine-error.ts";
import type { DockerNode } from "./node.ts";

/** What engines answer to a pause or an unpause of a container that is not in a state for it. */
const ALREADY = [304, 409, 500] as const;

/** Freezes every process of a node (the cgroup freezer), and lets them go on. */
export function pauseCapability(
  engine: Engine,
  nodesNamed: (names: readonly string[]) => readonly DockerNode[],
): PauseCapability {
  /** Does it where it is not done yet, and looks whether it is: the state counts, not the engine's answer. */
  async function change(
    { name, container }: DockerNode,
    act: (container: string) => Promise<void>,
    paused: boolean,
  ): Promise<{ before: ContainerState; after: ContainerState; node: string }> {
    const before = await engine.containerState(container);
    if (before.paused !== paused) await tolerate(act(container), ...ALREADY);
    return { before, after: await engine.containerState(container), node: name };
  }

  async function pause(dockerNode: DockerNode): Promise<NodeEffect> {
    const { after, node } = await change(dockerNode, engine.pauseContainer, true);
    return { node, effective: after.paused, detail: describe(after) };
  }

  async function resume(dockerNode: DockerNode): Promise<NodeEffect> {
    const { before, after, node } = await change(dockerNode, engine.unpauseContainer, false);
    if (!before.paused) return { node, effective: false };
    if (after.paused) throw stillFrozen(node);
    return { node, effective: true, detail: "resumed" };
  }

  return {
    pause: async (names) => jointEffect(await settleAll(nodesNamed(names).map(pause))),
    resume: async (names) => jointEffect(await settleAll(nodesNamed(names).map(resume))),
  };
}

function describe({ running, paused }: ContainerState): string {
  if (!running) return "was down";
  return paused ? "paused" : "still running";
}

function stillFrozen(node: string): EnvironmentError {
  return new EnvironmentError({
    code: "not-resumed",
    message: `${node} is still paused after the engine was asked to resume it`,
    hint: "see the engine's log; assay clean removes the container",
  });
}
