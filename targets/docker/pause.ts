import type { Effect, PauseCapability } from "../../harness/ports/index.ts";
import type { ContainerState, Engine } from "./engine.ts";
import { tolerate } from "./engine-error.ts";
import type { DockerNode } from "./node.ts";
import { settleAll } from "./settle-all.ts";

/** What engines answer to a pause or an unpause of a container that is not in a state for it. */
const ALREADY = [304, 409, 500] as const;

/** Freezes every process of a node (the cgroup freezer), and lets them go on. */
export function pauseCapability(
  engine: Engine,
  nodesNamed: (names: readonly string[]) => readonly DockerNode[],
): PauseCapability {
  /** Does it, and looks whether it is done: the state counts, not the engine's answer. */
  async function change(
    names: readonly string[],
    act: (container: string) => Promise<void>,
    reached: (state: ContainerState) => boolean,
  ): Promise<Effect> {
    const states = await settleAll(
      nodesNamed(names).map(async (node) => {
        if (!reached(await engine.containerState(node.container)))
          await tolerate(act(node.container), ...ALREADY);
        return { node, state: await engine.containerState(node.container) };
      }),
    );
    return {
      effective: states.length > 0 && states.every(({ state }) => reached(state)),
      detail: states.map(({ node, state }) => `${node.name}: ${describe(state)}`).join(", ") || "no node",
    };
  }

  return {
    pause: (names) => change(names, engine.pauseContainer, (state) => state.paused),
    resume: (names) => change(names, engine.unpauseContainer, (state) => !state.paused),
  };
}

function describe(state: ContainerState): string {
  if (!state.running) return "down";
  return state.paused ? "paused" : "running";
}
