import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { NS_PER_S, Random, RealClock } from "../../harness/clock/index.ts";
import type { Json } from "../../harness/history/index.ts";
import type {
  Cluster,
  DirectedLink,
  KillCapability,
  PartitionCapability,
  PauseCapability,
} from "../../harness/ports/index.ts";
import { resolveOptions } from "../../harness/ports/index.ts";
import { connectEngine, type Engine } from "../docker/index.ts";
import { RUN_LABEL, resourceName } from "../docker/labels.ts";
import { pollUntil } from "../poll.ts";
import { etcd } from "./target.ts";

const NODES = ["n1", "n2", "n3"] as const;
const RUN_ID = `test-etcd-${process.pid}`;
const clock = new RealClock();

let engine: Engine;
let cluster: Cluster;
let kill: KillCapability;
let pause: PauseCapability;
let partition: PartitionCapability;

beforeAll(async () => {
  engine = await connectEngine();
  cluster = await start(RUN_ID, {});
  kill = cluster.capabilities.kill as KillCapability;
  pause = cluster.capabilities.pause as PauseCapability;
  partition = cluster.capabilities.partition as PartitionCapability;
});

afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
  const left = await engine.labelled(RUN_LABEL, RUN_ID);
  expect(left).toEqual({ containers: [], networks: [], volumes: [] });
});

afterEach(async () => {
  await partition.heal();
  await pause.resume(NODES);
  await kill.restart(NODES);
  await eventually(async () => {
    for (const node of NODES) await invoke(node, "read", null, { key: "well again" });
  });
});

function start(runId: string, options: Record<string, string>): Promise<Cluster> {
  return etcd.start({
    runId,
    nodes: NODES,
    options: resolveOptions("etcd", etcd.options, options),
    clock,
    random: new Random(1),
    log: () => {},
    signal: new AbortController().signal,
  });
}

async function primariesOf(of: Cluster): Promise<readonly string[]> {
  return (await of.primaries?.()) ?? [];
}

/** One operation, given up after 3 s. */
async function invoke(
  node: string,
  f: string,
  value: Json,
  { key = "x", of = cluster }: { key?: string; of?: Cluster } = {},
) {
  const client = await of.openClient(node);
  const patience = new AbortController();
  void clock.sleep(3 * NS_PER_S).then(() => patience.abort());
  return client.invoke({ f, key, value }, patience.signal);
}

/** Tries again for up to 30 s, as elections take a while. */
async function eventually(attempt: () => Promise<void>): Promise<void> {
  let last: unknown;
  const done = await pollUntil(clock, { timeoutMs: 30_000, everyMs: 100 }, async () => {
    try {
      await attempt();
      return true;
    } catch (error) {
      last = error;
      return false;
    }
  });
  if (!done) throw last;
}

/** Runs a program in a node. */
async function run(node: string, ...command: string[]): Promise<string> {
  return (await engine.exec(resourceName(RUN_ID, node), command)).output;
}

const rulesAt = (node: string) => run(node, "sh", "-c", "iptables -S ASSAY 2>/dev/null | grep DROP || true");

/** How many datagrams arrive within 2 s of the 3 s in which one node sends them to another. */
async function arriving(from: string, to: string): Promise<number> {
  const ip = (await run(to, "hostname", "-i")).trim();
  const receive =
    "socket(S,PF_INET,SOCK_DGRAM,17);bind(S,sockaddr_in(9999,INADDR_ANY));$SIG{ALRM}=sub{print $n+0;exit};alarm 2;while(1){recv(S,$b,9,0);$n++}";
  const send = `for i in $(seq 60); do echo x >/dev/udp/${ip}/9999; sleep 0.05; done`;
  const received = run(to, "perl", "-MSocket", "-e", receive);
  await run(from, "bash", "-c", send);
  return Number(await received);
}

test("it says what runs", () => {
  expect(cluster.versions).toMatchObject({
    etcd: expect.stringMatching(/^3\.\d+\.\d+/),
    docker: engine.version,
    image: expect.stringMatching(/^assay-etcd:[0-9a-f]{16} sha256:/),
  });
});

test("every node reads what was written through another", async () => {
  await invoke("n1", "write", 1);
  for (const node of NODES) expect(await invoke(node, "read", null)).toEqual({ type: "ok", value: 1, node });
});

test("a compare-and-set takes effect only where its comparison is true", async () => {
  await invoke("n1", "write", null, { key: "c" });
  expect(await invoke("n1", "cas", [null, 1], { key: "c" })).toMatchObject({ type: "ok" });
  expect(await invoke("n2", "cas", [null, 2], { key: "c" })).toMatchObject({
    type: "fail",
    error: { code: "precondition-failed" },
  });
  expect(await invoke("n3", "cas", [1, { three: [3] }], { key: "c" })).toMatchObject({ type: "ok" });
  expect(await invoke("n1", "cas", [{ three: [3] }, null], { key: "c" })).toMatchObject({ type: "ok" });
  expect(await invoke("n2", "read", null, { key: "c" })).toMatchObject({ value: null });
});

test("one node leads, and another does when it is gone", async () => {
  const [leader, ...others] = await primariesOf(cluster);
  expect(NODES).toContain(leader);
  expect(others).toEqual([]);
  await kill.kill([leader as string]);
  await eventually(async () => {
    const [next] = await primariesOf(cluster);
    expect(NODES.filter((node) => node !== leader)).toContain(next);
  });
});

test("what was written outlives a kill of every node", async () => {
  await invoke("n1", "write", "durable");
  expect(await kill.kill(NODES)).toEqual({
    effective: true,
    detail: "n1, n2, n3: exit code 137",
  });
  await expect(invoke("n1", "write", "lost")).rejects.toMatchObject({
    code: "connection-refused",
    definite: true,
  });
  expect(await kill.kill(["n1"])).toEqual({ effective: false, detail: "n1: was down" });
  expect(await primariesOf(cluster)).toEqual([]);

  expect(await kill.restart(NODES)).toEqual({ effective: false, detail: "n1, n2, n3: runs again" });
  await eventually(async () => expect(await invoke("n2", "read", null)).toMatchObject({ value: "durable" }));
  expect(await kill.restart(["n1"])).toEqual({ effective: false, detail: "nothing to do" });
});

test("a paused node answers nothing until it is resumed", async () => {
  const client = await cluster.openClient("n1");
  expect(await pause.pause(["n1"])).toEqual({ effective: true, detail: "n1: paused" });
  expect(await pause.pause(["n1"])).toEqual({ effective: true, detail: "n1: paused" });

  const controller = new AbortController();
  const answer = client.invoke({ f: "write", key: "p", value: 1 }, controller.signal);
  const early = await Promise.race([
    answer.catch((error: unknown) => error),
    clock.sleep(NS_PER_S).then(() => "no answer yet"),
  ]);
  expect(early).toBe("no answer yet");
  controller.abort();
  await expect(answer).rejects.toMatchObject({ code: "aborted", definite: false, node: "n1" });

  expect(await pause.resume(["n1"])).toEqual({ effective: true, detail: "n1: resumed" });
  expect(await pause.resume(["n1", "n2"])).toEqual({ effective: false, detail: "nothing to do" });
  await eventually(async () => expect(await invoke("n1", "read", null)).toMatchObject({ type: "ok" }));
});

test("a paused node can be killed, and a node that is down needs no resuming", async () => {
  await pause.pause(["n2"]);
  expect(await kill.kill(["n2"])).toEqual({ effective: true, detail: "n2: exit code 137" });
  expect(await pause.resume(["n2"])).toEqual({ effective: false, detail: "nothing to do" });
  expect(await pause.pause(["n2"])).toEqual({ effective: false, detail: "n2: was down" });
});

test("a link is blocked in its direction only, and what it drops is counted", async () => {
  expect(await arriving("n1", "n2")).toBeGreaterThan(0);
  expect(await partition.block([{ from: "n1", to: "n2" }])).toEqual({
    effective: false,
    detail: "n2: deaf to 1 of the nodes",
  });
  expect(await arriving("n1", "n2")).toBe(0);
  expect(await arriving("n2", "n1")).toBeGreaterThan(0);
  const { effective, detail } = await partition.heal();
  expect(effective).toBe(true);
  expect(Number(/^(\d+) packets dropped$/.exec(detail)?.[1])).toBeGreaterThanOrEqual(30);
  expect(await arriving("n1", "n2")).toBeGreaterThan(0);
  expect(await partition.heal()).toEqual({ effective: false, detail: "0 packets dropped" });
});

test("a paused node is cut off, and is so when it goes on", async () => {
  await pause.pause(["n2"]);
  expect(await partition.block([{ from: "n1", to: "n2" }])).toEqual({
    effective: false,
    detail: "n2: deaf to 1 of the nodes",
  });
  await pause.resume(["n2"]);
  expect(await rulesAt("n2")).toMatch(/-s \S+ -j DROP/);
  await pause.pause(["n2"]);
  await partition.heal();
  await pause.resume(["n2"]);
  expect(await rulesAt("n2")).toBe("");
});

test("a node that was killed comes back into the partition, whether it began before or after", async () => {
  await partition.block([{ from: "n1", to: "n2" }]);
  await clock.sleep(NS_PER_S);
  await kill.kill(["n2", "n3"]);
  expect((await partition.block([{ from: "n1", to: "n3" }])).detail).toBe("n3: down, cut off when it starts");
  await kill.restart(["n2", "n3"]);
  expect(await rulesAt("n2")).toMatch(/-s \S+ -j DROP/);
  expect(await rulesAt("n3")).toMatch(/-s \S+ -j DROP/);

  expect((await partition.heal()).effective).toBe(true);
  expect((await rulesAt("n2")) + (await rulesAt("n3"))).toBe("");
  // The script for its start must not cut it off again.
  await kill.kill(["n2"]);
  await kill.restart(["n2"]);
  expect(await rulesAt("n2")).toBe("");
});

test("a follower that is cut off answers a serializable read from the past, and a linearizable one not at all", async () => {
  const runId = `${RUN_ID}-serializable`;
  // One cluster at a time has work to do; this one shows what `reads` changes.
  const relaxed = await start(runId, { reads: "serializable" });
  try {
    await invoke("n1", "write", "old", { of: relaxed });
    const [leader] = await primariesOf(relaxed);
    const follower = NODES.find((node) => node !== leader) as string;
    await eventually(async () =>
      expect(await invoke(follower, "read", null, { of: relaxed })).toMatchObject({ value: "old" }),
    );
    await (relaxed.capabilities.partition as PartitionCapability).block(linksAround(follower));
    await invoke(leader as string, "write", "new", { of: relaxed });
    expect(await invoke(leader as string, "read", null, { of: relaxed })).toMatchObject({ value: "new" });
    expect(await invoke(follower, "read", null, { of: relaxed })).toMatchObject({ type: "ok", value: "old" });
  } finally {
    await relaxed[Symbol.asyncDispose]();
  }

  await invoke("n1", "write", "old");
  const [leader] = await primariesOf(cluster);
  const follower = NODES.find((node) => node !== leader) as string;
  await partition.block(linksAround(follower));
  await expect(invoke(follower, "read", null)).rejects.toMatchObject({ name: "ClientError" });
});

/** Every link to and from a node. */
function linksAround(node: string): DirectedLink[] {
  return NODES.filter((other) => other !== node).flatMap((other) => [
    { from: node, to: other },
    { from: other, to: node },
  ]);
}

test("logs are saved, of nodes that are down too", async () => {
  const directory = await mkdtemp(join(tmpdir(), "assay-logs-"));
  try {
    await kill.kill(["n3"]);
    expect(await cluster.saveLogs(join(directory, "logs"))).toEqual(["n1.log", "n2.log", "n3.log"]);
    for (const node of NODES) {
      expect(await readFile(join(directory, "logs", `${node}.log`), "utf8")).toContain(`name = ${node}`);
    }
  } finally {
    await rm(directory, { recursive: true });
  }
});
