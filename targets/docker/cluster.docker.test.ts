import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Random, RealClock } from "../../harness/clock/index.ts";
import type { KillCapability, PartitionCapability, TargetSetup } from "../../harness/ports/index.ts";
import { BASE_IMAGE, ensureBaseImage } from "./base-image.ts";
import { startDockerCluster } from "./cluster.ts";
import { connectEngine } from "./dockerode-engine.ts";
import type { Engine } from "./engine.ts";
import { choosePorts } from "./free-ports.ts";
import { RUN_LABEL, resourceName, runLabels, thisProcess } from "./labels.ts";
import { cleanLeftovers } from "./leftovers.ts";
import { startNode } from "./node.ts";
import { removeRun } from "./removal.ts";
import { createRunNetwork } from "./run-network.ts";
import type { DockerService } from "./service.ts";
import { listening } from "./testing/listening.ts";

let engine: Engine;
let directory: string;
let runs = 0;
let runId = "";

beforeAll(async () => {
  engine = await connectEngine();
  await ensureBaseImage(engine, { log: () => {}, signal: new AbortController().signal });
  directory = await mkdtemp(join(tmpdir(), "assay-docker-"));
});

afterAll(() => rm(directory, { recursive: true }));

afterEach(async () => {
  const left = await engine.labelled(RUN_LABEL, runId);
  await removeRun(engine, runId);
  expect(left, "every test leaves nothing behind").toEqual({ containers: [], networks: [], volumes: [] });
});

function setupOf(nodes: readonly string[], signal = new AbortController().signal): TargetSetup {
  runId = `test-${process.pid}-${runs++}`;
  return { runId, nodes, options: {}, clock: new RealClock(), random: new Random(1), log: () => {}, signal };
}

/** A store that is a shell script on the bare base image. */
async function shellService(script: string, parts: Partial<DockerService> = {}): Promise<DockerService> {
  return {
    image: { name: "assay-test", files: [await dockerfile(`FROM ${BASE_IMAGE}\n`)] },
    clientPort: 80,
    dataPath: "/data",
    command: () => ["sh", "-c", script],
    ready: async () => {},
    ...parts,
  };
}

async function dockerfile(text: string): Promise<URL> {
  const file = join(await mkdtemp(join(directory, "image-")), "Dockerfile");
  await writeFile(file, text);
  return pathToFileURL(file);
}

const notYet = async () => {
  throw new Error("no leader yet");
};

test("an image that does not build is told with the end of its output", async () => {
  const file = await dockerfile(`FROM ${BASE_IMAGE}\nRUN echo giving up on ${process.pid} && exit 9\n`);
  const service = await shellService("sleep 1000", { image: { name: "assay-test", files: [file] } });
  await expect(startDockerCluster(setupOf(["n1"]), service)).rejects.toMatchObject({
    code: "image-build-failed",
    exitCode: 4,
    message: expect.stringMatching(new RegExp(`non-zero code: 9[^]*giving up on ${process.pid}`)),
  });
});

test("a Dockerfile that cannot be read is told likewise", async () => {
  const file = await dockerfile(`FROM ${BASE_IMAGE}\nNONSENSE\n`);
  const service = await shellService("sleep 1000", { image: { name: "assay-test", files: [file] } });
  await expect(startDockerCluster(setupOf(["n1"]), service)).rejects.toMatchObject({
    code: "image-build-failed",
    message: expect.stringMatching(/unknown instruction: NONSENSE/i),
  });
});

test("nodes that do not say their version are not ready after all, and are removed", async () => {
  const versions = async () => {
    throw new TypeError("fetch failed");
  };
  const service = await shellService("sleep 1000", { versions });
  await expect(startDockerCluster(setupOf(["n1"]), service)).rejects.toMatchObject({
    code: "not-ready",
    exitCode: 4,
  });
});

test("a node that ends while it starts is told at once, with its exit code and its log", async () => {
  // Waiting for the deadline would outlast the test.
  const service = await shellService("echo no data here; exit 3", {
    ready: notYet,
    readyTimeoutMs: 3_600_000,
  });
  await expect(startDockerCluster(setupOf(["n1"]), service)).rejects.toMatchObject({
    code: "node-died",
    exitCode: 4,
    message: "node n1 ended by itself with exit code 3; its log ends with\n  no data here",
  });
});

test("nodes that are not ready in time are told with what is amiss", async () => {
  const service = await shellService("sleep 1000", { ready: notYet, readyTimeoutMs: 300 });
  await expect(startDockerCluster(setupOf(["n1", "n2"]), service)).rejects.toMatchObject({
    code: "not-ready",
    message: "2 of 2 nodes are not ready after 0.3 s:\n  n1: no leader yet\n  n2: no leader yet",
  });
});

test("who wants out while the nodes start gets out", async () => {
  const controller = new AbortController();
  const ready = async () => {
    controller.abort(new Error("interrupted"));
    throw new Error("not yet");
  };
  const service = await shellService("sleep 1000", { ready, readyTimeoutMs: 3_600_000 });
  await expect(startDockerCluster(setupOf(["n1"], controller.signal), service)).rejects.toThrow(
    "interrupted",
  );
});

test("who wants out while the image is built gets out", async () => {
  const controller = new AbortController();
  const slow = await dockerfile(`FROM ${BASE_IMAGE}\nRUN echo ${process.pid} && sleep 1000\n`);
  const service = await shellService("sleep 1000", { image: { name: "assay-test", files: [slow] } });
  const setup = {
    ...setupOf(["n1"], controller.signal),
    log: (line: string) => {
      if (line.startsWith("building")) controller.abort(new Error("interrupted"));
    },
  };
  await expect(startDockerCluster(setup, service)).rejects.toThrow("interrupted");
});

test("a port that is in use is named before anything is made", async () => {
  const [port] = (await choosePorts("in-use", 1)) as [number];
  const service = await shellService("sleep 1000", { basePort: port });
  const start = () => startDockerCluster(setupOf(["n1"]), service).catch((thrown: unknown) => thrown);
  expect(await listening(port, start)).toMatchObject({
    code: "port-in-use",
    message: expect.stringContaining(`port ${port} of 127.0.0.1`),
  });
});

test("a port that was taken while its node was down is named by the restart", async () => {
  const cluster = await startDockerCluster(setupOf(["n1"]), await shellService("sleep 1000"));
  try {
    const { port } = cluster.members.get("n1") as { port: number };
    const kill = cluster.capabilities.kill as KillCapability;
    await kill.kill(["n1"]);
    const restart = () => kill.restart(["n1"]).catch((thrown: unknown) => thrown);
    expect(await listening(port, restart)).toMatchObject({ code: "port-in-use" });
    expect(await kill.restart(["n1"])).toEqual({ effective: false, detail: "n1: runs again" });
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
});

test("a node that cannot start again is told, and does not keep the others down", async () => {
  const script =
    '[ "$HOSTNAME" = n2 ] || exec sleep 1000; [ ! -e /data/x ] || { echo x is here; exit 4; }; touch /data/x; exec sleep 1000';
  const service = await shellService("", {
    command: () => ["bash", "-c", script],
    // The first start must have left its mark.
    ready: async ({ name }) => {
      const { exitCode } = await engine.exec(resourceName(runId, name), ["test", "-e", "/data/x"]);
      if (name === "n2" && exitCode !== 0) throw new Error("no mark yet");
    },
  });
  const cluster = await startDockerCluster(setupOf(["n1", "n2"]), service);
  try {
    const kill = cluster.capabilities.kill as KillCapability;
    await kill.kill(["n1", "n2"]);
    await expect(kill.restart(["n2", "n1"])).rejects.toMatchObject({
      code: "node-died",
      message: expect.stringContaining("exit code 4; its log ends with\n  x is here"),
    });
    expect((await kill.restart(["n1"])).detail).toBe("nothing to do");
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
});

test("a partition needs iptables in the image, and says so", async () => {
  const cluster = await startDockerCluster(setupOf(["n1", "n2"]), await shellService("sleep 1000"));
  try {
    const partition = cluster.capabilities.partition as PartitionCapability;
    await expect(partition.block([{ from: "n1", to: "n2" }])).rejects.toMatchObject({
      code: "network-script-failed",
      message: expect.stringContaining("iptables-restore: not found"),
    });
  } finally {
    await cluster[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  }
});

test("two runs have networks apart from each other", async () => {
  const labels = runLabels(setupOf([]).runId);
  const create = (name: string) =>
    createRunNetwork(engine, { name: resourceName(runId, name), runId: "the same place to begin", labels });
  try {
    const [one, two] = [await create("one"), await create("two")];
    expect(one.cidr).not.toBe(two.cidr);
  } finally {
    await removeRun(engine, runId);
  }
});

test("what a process left that was killed is removed, paused or not; what a living one has is not", async () => {
  const { host } = thisProcess();
  const dead = runLabels(setupOf([]).runId, { host, pid: spawnSync(process.execPath, ["-e", ""]).pid });
  const network = resourceName(runId, "network");
  const subnet = await createRunNetwork(engine, { name: network, runId, labels: dead });
  for (const [i, node] of ["n1", "n2", "n3"].entries()) {
    const name = resourceName(runId, node);
    await engine.createVolume(name, dead);
    await engine.createContainer({
      name,
      labels: dead,
      image: BASE_IMAGE,
      command: ["sleep", "1000"],
      env: {},
      capabilities: [],
      network: { name: network, ip: subnet.address(i) },
      volume: { name, path: "/data" },
    });
  }
  await engine.startContainer(resourceName(runId, "n1"));
  await engine.startContainer(resourceName(runId, "n2"));
  await engine.pauseContainer(resourceName(runId, "n2"));

  const living = `${runId}-living`;
  await engine.createVolume(resourceName(living, "n1"), runLabels(living));
  try {
    const { removed, kept } = await cleanLeftovers(engine, { force: false });
    expect(removed).toContainEqual({ runId, containers: 3, networks: 1, volumes: 3 });
    expect(kept).toContainEqual({ runId: living, reason: `its process ${process.pid} is alive` });
  } finally {
    await removeRun(engine, living);
  }
});

test("a node whose port is taken between the choice and the start", async () => {
  const labels = runLabels(setupOf([]).runId);
  const network = resourceName(runId, "network");
  const [port] = (await choosePorts(runId, 1)) as [number];
  try {
    const subnet = await createRunNetwork(engine, { name: network, runId, labels });
    const node = {
      name: "n1",
      ip: subnet.address(0),
      port,
      container: resourceName(runId, "n1"),
      image: BASE_IMAGE,
      labels,
    };
    await engine.createContainer({
      name: node.container,
      labels,
      image: BASE_IMAGE,
      command: ["sleep", "1000"],
      env: {},
      capabilities: [],
      network: { name: network, ip: node.ip },
      publish: { containerPort: 80, hostPort: port },
    });
    const error = await listening(port, () => startNode(engine, node).catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({ code: "port-in-use", message: expect.stringContaining(String(port)) });
  } finally {
    await removeRun(engine, runId);
  }
});
