import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { NS_PER_US } from "../../harness/clock/duration.ts";
import type { Effect } from "../../harness/ports/cluster.ts";
import { startCounter as start } from "./testing/counter.ts";

describe("a simulated cluster", () => {
  it("answers its clients", async () => {
    const { connect, call } = start();
    const connection = await connect("n1");
    expect([await call(connection), await call(connection)]).toEqual([1, 2]);
  });

  it("takes time for an answer even where nothing else does: a client that asks on and on lets time pass", async () => {
    const { cluster, clock, pass } = start({ meanClientLatencyNs: 0, disk: { meanSyncNs: 0 } });
    const asked = (async () => {
      const connection = await cluster.connect("n1");
      for (let i = 0; i < 100; i++) await connection.call("count", new AbortController().signal);
      return clock.nowNs();
    })();
    await pass(100);
    expect(await asked).toBe(101 * 2 * NS_PER_US);
  });

  it("names a client by its thread, and its chance by its name: other threads' clients are all the same to it", async () => {
    const answeredNs = async (others: number) => {
      const { cluster, clock, outcome } = start();
      for (let i = 0; i < others; i++) await outcome(cluster.connect("n2", cluster.newClient(0)));
      const client = cluster.newClient(3);
      expect(client).toBe("c3-1");
      const startNs = clock.nowNs();
      let answeredNs = 0;
      const connected = cluster.connect("n1", client).then(() => {
        answeredNs = clock.nowNs() - startNs;
      });
      await outcome(connected);
      return answeredNs;
    };
    expect(await answeredNs(0)).toBeGreaterThan(0);
    expect(await answeredNs(2)).toBe(await answeredNs(0));
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
        "0.000000 start\n0.010000 tick at 10000000\n0.020000 tick at 20000000\n0.020000 killed; 0 unsynced writes lost\n",
      );
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
