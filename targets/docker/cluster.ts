import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeError, EnvironmentError, invariant, UsageError } from "../../harness/errors.ts";
import { type Cluster, offering, type TargetSetup } from "../../harness/ports/index.ts";
import { withDeadline } from "../deadline.ts";
import { inTurn } from "../in-turn.ts";
import { settleAll } from "../settle-all.ts";
import { connectEngine } from "./dockerode-engine.ts";
import type { Engine, Labels } from "./engine.ts";
import { behindNetworkScript } from "./entry-point.ts";
import { choosePorts } from "./free-ports.ts";
import { killCapability } from "./kill.ts";
import { resourceName, runLabels } from "./labels.ts";
import { cleanLeftovers, describeRemoved } from "./leftovers.ts";
import { type DockerNode, type Member, nodeDied, startNode } from "./node.ts";
import { Partition } from "./partition.ts";
import { pauseCapability } from "./pause.ts";
import { waitUntilReady } from "./readiness.ts";
import { removeRun } from "./removal.ts";
import { createRunNetwork } from "./run-network.ts";
import type { DockerService } from "./service.ts";
import { ensureStoreImage } from "./store-image.ts";
import { MAX_NODES } from "./subnet.ts";

/** The most that nodes which are ready may take to say what they are. */
const VERSIONS_MS = 10_000;

/** A running store without the way to its clients, which only the store's own target knows. */
export interface DockerCluster extends Omit<Cluster, "openClient" | "primaries"> {
  readonly members: ReadonlyMap<string, Member>;
}

/**
 * Starts a store with one container a node, and waits until every node is ready. What leftovers there are of runs
 * that were killed are removed first. A start that fails leaves nothing behind.
 *
 * Errors: `EnvironmentError` `docker-unavailable`, `base-image-missing`, `image-build-failed`, `port-in-use`,
 * `no-subnet`, `node-died`, `not-ready`; the reason of `setup.signal` when it aborts.
 */
export async function startDockerCluster(setup: TargetSetup, service: DockerService): Promise<DockerCluster> {
  const { log, signal } = setup;
  if (setup.nodes.length > MAX_NODES) {
    throw new UsageError({
      code: "too-many-nodes",
      message: `a cluster of containers has at most ${MAX_NODES} nodes, not ${setup.nodes.length}`,
    });
  }
  const engine = await connectEngine();
  const leftovers = describeRemoved((await cleanLeftovers(engine, { force: false })).removed);
  if (leftovers !== undefined) log(leftovers);
  const image = await ensureStoreImage(engine, service.image, setup);
  signal.throwIfAborted();
  try {
    const nodes = await createNodes(engine, setup, service, image.reference);
    signal.throwIfAborted();
    log(`starting ${nodes.length} containers of ${image.reference}`);
    await settleAll(nodes.map((node) => startNode(engine, node)));
    await waitUntilReady(engine, nodes, service, setup);
    const versions = await versionsOf(service, nodes, setup);
    return runningCluster(engine, nodes, setup, {
      docker: engine.version,
      image: `${image.reference} ${image.id}`,
      ...versions,
    });
  } catch (error) {
    await removeAfterFailure(engine, setup);
    throw error;
  }
}

async function versionsOf(
  service: DockerService,
  nodes: readonly DockerNode[],
  { clock, signal }: TargetSetup,
): Promise<Labels> {
  try {
    const versions = withDeadline({ clock, timeoutMs: VERSIONS_MS, signal }, async (deadline) =>
      service.versions?.(nodes, deadline),
    );
    return (await versions) ?? {};
  } catch (cause) {
    signal.throwIfAborted();
    throw new EnvironmentError({
      code: "not-ready",
      message: "the nodes were ready, and then did not say what version they are",
      hint: "see the nodes' logs; a loaded machine may need fewer nodes",
      cause,
    });
  }
}

/** The failure of the start is what the user must see; what cannot be removed as well is one more line. */
async function removeAfterFailure(engine: Engine, { runId, log }: TargetSetup): Promise<void> {
  try {
    await removeRun(engine, runId);
  } catch (error) {
    log(describeError(error));
  }
}

async function createNodes(
  engine: Engine,
  setup: TargetSetup,
  service: DockerService,
  image: string,
): Promise<DockerNode[]> {
  const { runId } = setup;
  const labels = runLabels(runId);
  const ports = await choosePorts(runId, setup.nodes.length, service.basePort);
  const network = resourceName(runId, "network");
  const subnet = await createRunNetwork(engine, { name: network, runId, labels });
  const nodes = setup.nodes.map((name, i): DockerNode => {
    const container = resourceName(runId, name);
    return { name, ip: subnet.address(i), port: ports[i] as number, container, image, labels };
  });
  await settleAll(
    nodes.map(async (node) => {
      await engine.createVolume(node.container, labels);
      await engine.createContainer({
        name: node.container,
        labels,
        image,
        command: behindNetworkScript(service.command(node, nodes)),
        env: service.env?.(node, nodes) ?? {},
        capabilities: ["NET_ADMIN"],
        network: { name: network, ip: node.ip },
        hostname: node.name,
        volume: { name: node.container, path: service.dataPath },
        publish: { containerPort: service.clientPort, hostPort: node.port },
      });
    }),
  );
  return nodes;
}

/** Why a node is down although nobody has killed it for good; asked when every fault has been taken back. */
async function firstDead(
  engine: Engine,
  nodes: readonly DockerNode[],
): Promise<EnvironmentError | undefined> {
  for (const node of nodes) {
    const state = await engine.containerState(node.container);
    if (!state.running) return nodeDied(engine, node, state);
  }
  return undefined;
}

function runningCluster(
  engine: Engine,
  nodes: readonly DockerNode[],
  { runId, clock }: TargetSetup,
  versions: Readonly<Record<string, string>>,
): DockerCluster {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const nodesNamed = (names: readonly string[]) =>
    names.map((name) => {
      const node = byName.get(name);
      invariant(node !== undefined, `there is no node ${name}`);
      return node;
    });
  const partition = new Partition(engine, byName);
  const kill = killCapability(engine, nodesNamed, { clock, partition });
  const pause = pauseCapability(engine, nodesNamed);
  // Faults look at a state and then change it: one at a time, and the removal of everything after the last.
  const alone = inTurn();
  return {
    nodes: nodes.map((node) => node.name),
    members: byName,
    versions,
    capabilities: offering(
      {
        kill: {
          kill: (names) => alone(() => kill.kill(names)),
          restart: (names) => alone(() => kill.restart(names)),
        },
        pause: {
          pause: (names) => alone(() => pause.pause(names)),
          resume: (names) => alone(() => pause.resume(names)),
        },
        partition: {
          block: (links) => alone(() => partition.block(links)),
          heal: () => alone(() => partition.heal()),
        },
      },
      (name) => ({
        unavailable: `containers offer no ${name}`,
        hint: "inject another fault: kill, pause, partition",
      }),
    ),
    failure: () => alone(() => firstDead(engine, nodes)),
    saveLogs: (directory) => saveLogs(engine, nodes, directory),
    async [Symbol.asyncDispose]() {
      await alone(() => removeRun(engine, runId));
    },
  };
}

async function saveLogs(engine: Engine, nodes: readonly DockerNode[], directory: string): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  return Promise.all(
    nodes.map(async (node) => {
      const file = `${node.name}.log`;
      await writeFile(join(directory, file), await engine.logs(node.container));
      return file;
    }),
  );
}
