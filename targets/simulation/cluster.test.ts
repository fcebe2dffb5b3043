import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Wakeup } from "../../harness/clock/clock.ts";
import { NS_PER_MS } from "../../harness/clock/duration.ts";
import { Random } from "../../harness/clock/random.ts";
import { VirtualClock } from "../../harness/clock/virtual-clock.ts";
import type { Json } from "../../harness/history/operation.ts";
import type { Effect } from "../../harness/ports/cluster.ts";
import { SimulatedCluster } from "./cluster.ts";
import type { Connection } from "./connection.ts";
import type { Program } from "./program.ts";

/** Counts its requests on disk, answers with the count, ticks every 10 ms, and tells its peer of each tick. */
function counter(seen: string[]): Program<string, Json> {
  return {
    start(machine) {
      let count = (machine.disk.contents().records.get("count") ?? 0) as number;
      machine.setTimer("tick", 10 * NS_PER_MS);
      return {
        message: (from, message) => seen.push(`${machine.id} hears ${from}: ${String(message)}`),
        timer(name) {
          for (const node of machine.nodes) if (node !== machine.id) machine.send(node, name);
          machine.setTimer("tick", 10 * NS_PER_MS);
        },
        request(client, sequence, request) {
          count++;
          if (request === "silence") return;
          machine.disk.write("count", count);
          machine.sync(() => machine.reply(client, sequence, count));
        },
        operate: () => {},
        leads: () => machine.id === "n1",
        members: () => undefined,
      };
    },
  };
}

function start() {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const cluster = new SimulatedCluster({
    nodes: ["n1", "n2"],
    clock,
    random: new Random(1),
    program: counter(seen),
    network: { meanLatencyNs: NS_PER_MS, loss: 0, duplication: 0 },
    disk: { meanSyncNs: NS_PER_MS },
    meanClientLatencyNs: NS_PER_MS,
  });
  const pass = (durationMs: number) => clock.wait(new Wakeup(), clock.nowNs() + durationMs * NS_PER_MS);
  /** What a promise came to within 100 ms of simulated time. */
  async function outcome<T>(promise: Promise<T>): Promise<T | { code: string; definite: boolean } | "open"> {
    let result: T | { code: string; definite: boolean } | "open" = "open";
    promise.then(
      (value) => {
        result = value;
      },
      ({ code, definite }: { code: string; definite: boolean }) => {
        result = { code, definite };
      },
    );
    await pass(100);
    return result;
  }
  async function connect(node: string): Promise<Connection<string, Json>> {
    const connection = cluster.connect(node);
    await pass(100);
    return connection;
  }
  const { kill, pause, partition } = cluster.capabilities;
  if ("unavailable" in kill || "unavailable" in pause || "unavailable" in partition) throw new Error("none");
  const call = (
    connection: Connection<string, Json>,
    request = "count",
    signal = new AbortController().signal,
  ) => outcome(connection.call(request, signal));
  return { cluster, clock, seen, pass, outcome, connect, call, kill, pause, partition };
}

describe("a simulated cluster", () => {
  it("answers its clients", async () => {
    const { connect, call } = start();
    const connection = await connect("n1");
    expect([await call(connection), await call(connection)]).toEqual([1, 2]);
  });

  it("refuses a connection to a node that is down, definitely, and takes time for it", async () => {
    const { cluster, clock, kill, outcome } = start();
    expect(await kill.kill(["n1"])).toEqual<Effect>({
      effective: true,
      detail: "n1: process gone, 0 unsynced writes lost",
    });
    let failedNs = 0;
    const connecting = cluster.connect("n1").finally(() => {
      failedNs = clock.nowNs();
    });
    expect(await outcome(connecting)).toEqual({ code: "connection-refused", definite: true });
    expect(failedNs).toBeGreaterThan(0);
  });

  it("resets connections when a node is killed, which leaves a request open to doubt", async () => {
    const { connect, outcome, call, kill } = start();
    const connection = await connect("n1");
    const answer = connection.call("silence", new AbortController().signal);
    await kill.kill(["n1"]);
    expect(await outcome(answer)).toEqual({ code: "connection-reset", definite: false });
    await kill.restart(["n1"]);
    expect(await call(connection)).toEqual({ code: "connection-reset", definite: true });
  });

  it("keeps on the disk of a killed node what was answered for", async () => {
    const { connect, call, kill } = start();
    await call(await connect("n1"));
    await kill.kill(["n1"]);
    expect((await kill.kill(["n1"])).effective).toBe(false);
    await kill.restart(["n1"]);
    expect((await kill.restart(["n1"])).effective).toBe(false);
    expect(await call(await connect("n1"))).toBe(2);
  });

  it("lets a paused node handle nothing until it is resumed, and says how much had waited", async () => {
    const { connect, call, pause, pass, seen, cluster, outcome } = start();
    const connection = await connect("n1");
    expect(await pause.pause(["n1"])).toEqual({ effective: true, detail: "n1: paused" });
    expect(cluster.leaders()).toEqual([]);
    const answer = connection.call("count", new AbortController().signal);
    expect(await outcome(answer)).toBe("open");
    const before = seen.length;
    await pass(100);
    expect(seen.slice(before).filter((line) => line.startsWith("n1"))).toEqual([]);
    const resumed = await pause.resume(["n1"]);
    expect(resumed.effective).toBe(true);
    expect(resumed.detail).toMatch(/^n1: \d\d events had been withheld$/);
    expect(await outcome(answer)).toBe(1);
    expect(cluster.leaders()).toEqual(["n1"]);
    expect(await call(connection)).toBe(2);
  });

  it("ends a call on abort and ignores the late answer", async () => {
    const { connect, call, pause, pass } = start();
    const connection = await connect("n1");
    await pause.pause(["n1"]);
    const abort = new AbortController();
    const answer = connection.call("count", abort.signal);
    const rejected = expect(answer).rejects.toMatchObject({ code: "aborted", definite: false });
    await pass(50);
    abort.abort();
    await rejected;
    await pause.resume(["n1"]);
    await pass(50);
    expect(await call(connection)).toBe(2);
  });

  it("delivers what a client sent before it closed", async () => {
    const { connect, call } = start();
    const leaving = await connect("n1");
    const answer = leaving.call("silence", new AbortController().signal).catch(({ code }) => code);
    leaving.close();
    expect(await answer).toBe("closed");
    expect(await call(await connect("n1"))).toBe(2);
  });

  it("counts what a partition dropped, and leaves clients alone", async () => {
    const { connect, call, pass, partition, seen } = start();
    const connection = await connect("n2");
    expect(await partition.block([{ from: "n1", to: "n2" }])).toEqual({
      effective: false,
      detail: "1 links blocked",
    });
    const before = seen.length;
    await pass(100);
    const heard = seen.slice(before);
    expect(heard.some((line) => line.startsWith("n1 hears n2"))).toBe(true);
    expect(heard.filter((line) => line.startsWith("n2 hears n1")).length).toBeLessThan(2);
    expect(await call(connection)).toBe(1);
    const healed = await partition.heal();
    expect(healed.effective).toBe(true);
    expect(healed.detail).toMatch(/^\d+ messages dropped$/);
    expect(await partition.heal()).toEqual({ effective: false, detail: "0 messages dropped" });
  });

  it("writes a log for each node, with the simulated time", async () => {
    const { cluster, kill, pass } = start();
    await pass(20);
    await kill.kill(["n2"]);
    const directory = await mkdtemp(join(tmpdir(), "assay-"));
    try {
      expect(await cluster.saveLogs(directory)).toEqual(["n1.log", "n2.log"]);
      expect(await readFile(join(directory, "n2.log"), "utf8")).toBe(
        "0.000000 start\n0.020000 killed; 0 unsynced writes lost\n",
      );
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
