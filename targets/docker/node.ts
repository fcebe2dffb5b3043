import { EnvironmentError } from "../../harness/errors.ts";
import type { ContainerState, Engine, Labels } from "./engine.ts";
import { EngineError } from "./engine-error.ts";
import { portInUse } from "./free-ports.ts";

/** A node as the store sees it. */
export interface Member {
  readonly name: string;
  /** In the network of the run; kept over restarts. */
  readonly ip: string;
  /** The port of 127.0.0.1 where clients reach it; kept over restarts. */
  readonly port: number;
}

/** A node as the engine sees it. */
export interface DockerNode extends Member {
  readonly container: string;
  readonly image: string;
  readonly labels: Labels;
}

const SHOWN_LINES = 15;

/** `node-died`: the store's process ended by itself; with its exit code and the end of its log. */
export async function nodeDied(
  engine: Engine,
  node: DockerNode,
  state: ContainerState,
): Promise<EnvironmentError> {
  const log = (await engine.logs(node.container, SHOWN_LINES)).toString().trimEnd();
  const ending =
    log === "" ? ["it wrote no log"] : ["its log ends with", ...log.split("\n").map((l) => `  ${l}`)];
  return new EnvironmentError({
    code: "node-died",
    message: `node ${node.name} ended by itself with exit code ${state.exitCode}; ${ending.join("\n")}`,
    hint: "the log says why; options of the target that the store refuses are the usual reason",
  });
}

/** Starts a node's container. Errors: `port-in-use` where its port was taken meanwhile. */
export async function startNode(engine: Engine, node: DockerNode): Promise<void> {
  try {
    await engine.startContainer(node.container);
  } catch (error) {
    const taken = error instanceof EngineError && /already allocated|already in use/.test(error.reason);
    throw taken ? portInUse(node.port, error) : error;
  }
}
