import { type Clock, NS_PER_MS } from "../../harness/clock/index.ts";
import { describeError, EnvironmentError } from "../../harness/errors.ts";
import { withDeadline } from "../deadline.ts";
import type { Engine } from "./engine.ts";
import { type DockerNode, nodeDied } from "./node.ts";
import type { DockerService } from "./service.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
const ROUND_MS = 100;
/** The most that one question to one node may take; a node that died is noticed after it at the latest. */
const QUESTION_MS = 2_000;

/**
 * Waits until every node serves its clients.
 * Errors: `not-ready` with what is amiss at each node, `node-died` as soon as one ends.
 */
export async function waitUntilReady(
  engine: Engine,
  nodes: readonly DockerNode[],
  service: Pick<DockerService, "ready" | "readyTimeoutMs">,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<void> {
  const timeoutMs = service.readyTimeoutMs ?? DEFAULT_TIMEOUT_MS;
  const untilNs = clock.nowNs() + timeoutMs * NS_PER_MS;
  let waiting = nodes;
  for (;;) {
    signal.throwIfAborted();
    await refuseDeaths(engine, nodes);
    const problems = await Promise.all(waiting.map((node) => problemOf(node, service, { clock, signal })));
    const amiss = waiting
      .map((node, i) => ({ node, problem: problems[i] }))
      .filter(({ problem }) => problem !== undefined);
    if (amiss.length === 0) return;
    waiting = amiss.map(({ node }) => node);
    if (clock.nowNs() >= untilNs) {
      throw new EnvironmentError({
        code: "not-ready",
        message: [
          `${amiss.length} of ${nodes.length} nodes are not ready after ${timeoutMs / 1000} s:`,
          ...amiss.map(({ node, problem }) => `  ${node.name}: ${problem}`),
        ].join("\n"),
        hint: "see the nodes' logs; a loaded machine may need fewer nodes",
      });
    }
    await clock.sleep(ROUND_MS * NS_PER_MS);
  }
}

async function refuseDeaths(engine: Engine, nodes: readonly DockerNode[]): Promise<void> {
  const states = await Promise.all(nodes.map((node) => engine.containerState(node.container)));
  for (const [i, state] of states.entries()) {
    if (!state.running) throw await nodeDied(engine, nodes[i] as DockerNode, state);
  }
}

async function problemOf(
  node: DockerNode,
  service: Pick<DockerService, "ready">,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<string | undefined> {
  try {
    await withDeadline({ clock, timeoutMs: QUESTION_MS, signal }, (deadline) =>
      service.ready(node, deadline),
    );
    return undefined;
  } catch (error) {
    return describeError(error);
  }
}
