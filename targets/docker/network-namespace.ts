import { EnvironmentError } from "../../harness/errors.ts";
import type { CommandResult, Engine } from "./engine.ts";
import { EngineError } from "./engine-error.ts";
import type { DockerNode } from "./node.ts";

/** States may change between the question and the command, by a death or by another one's hand. */
const ATTEMPTS = 3;

/**
 * Runs a shell script in a node's network namespace; its output, or nothing where the node is down and has none.
 * A paused container runs no commands, so there a helper container of the same image shares its network.
 * Errors: `network-script-failed`.
 */
export async function runInNetworkOf(
  engine: Engine,
  node: DockerNode,
  script: string,
): Promise<string | undefined> {
  let refusal: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const state = await engine.containerState(node.container);
    if (!state.running) return undefined;
    try {
      const run = state.paused ? inHelper : inNode;
      const { exitCode, output } = await run(engine, node, ["sh", "-c", script]);
      if (exitCode === 0) return output;
      refusal = `exit code ${exitCode}, ${output.trim() || "no output"}`;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      refusal = error;
    }
  }
  throw new EnvironmentError({
    code: "network-script-failed",
    message: `the network of node ${node.name} cannot be changed: ${refusal instanceof Error ? refusal.message : String(refusal)}`,
    hint: "faults of the network need iptables in the image, NET_ADMIN for its containers, and iptables in the engine's kernel",
    cause: refusal instanceof Error ? refusal : undefined,
  });
}

function inNode(engine: Engine, node: DockerNode, command: readonly string[]): Promise<CommandResult> {
  return engine.exec(node.container, command);
}

async function inHelper(
  engine: Engine,
  node: DockerNode,
  command: readonly string[],
): Promise<CommandResult> {
  const helper = `${node.container}-network`;
  await engine.createContainer({
    name: helper,
    labels: node.labels,
    image: node.image,
    command,
    env: {},
    capabilities: ["NET_ADMIN"],
    network: { sharedWith: node.container },
  });
  try {
    await engine.startContainer(helper);
    const exitCode = await engine.waitForExit(helper);
    return { exitCode, output: (await engine.logs(helper)).toString() };
  } finally {
    await engine.removeContainer(helper);
  }
}
