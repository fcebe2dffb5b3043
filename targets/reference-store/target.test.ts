import { describe, expect, it } from "vitest";
import { Wakeup } from "../../harness/clock/clock.ts";
import { NS_PER_S } from "../../harness/clock/duration.ts";
import { Random } from "../../harness/clock/random.ts";
import { VirtualClock } from "../../harness/clock/virtual-clock.ts";
import type { Invocation } from "../../harness/ports/client.ts";
import { referenceStore } from "./target.ts";

async function start(options: Record<string, string> = {}, nodes = ["n1", "n2", "n3"]) {
  const clock = new VirtualClock();
  const signal = new AbortController().signal;
  const random = new Random(1);
  const cluster = await referenceStore.start({
    runId: "test",
    nodes,
    options,
    clock,
    random,
    log: () => {},
    signal,
  });
  async function drive<T>(work: Promise<T>): Promise<T> {
    const done = new Wakeup();
    const settled = Promise.allSettled([work.finally(() => done.wake())]);
    await clock.wait(done, clock.nowNs() + 10 * NS_PER_S);
    await settled;
    return work;
  }
  await clock.wait(new Wakeup(), NS_PER_S);
  return { cluster, clock, drive, signal };
}

describe.each(["raft", "primary-local-reads"])("the reference store with %s", (protocol) => {
  it("serves reads, writes and compare-and-sets at every node, and says who answered", async () => {
    const { cluster, drive, signal } = await start({ protocol });
    const ask = async (node: string, invocation: Invocation) => {
      const client = await cluster.openClient(node);
      const completion = await client.invoke(invocation, signal);
      await client.close();
      return completion;
    };
    const answers = await drive(
      (async () => [
        await ask("n1", { f: "read", key: "x", value: null }),
        await ask("n2", { f: "write", key: "x", value: 1 }),
        await ask("n3", { f: "cas", key: "x", value: [1, 2] }),
        await ask("n1", { f: "cas", key: "x", value: [1, 3] }),
        await ask("n2", { f: "read", key: "x", value: null }),
        await ask("n2", { f: "read", value: null }),
      ])(),
    );
    expect(answers).toEqual([
      { type: "ok", value: null, node: "n1" },
      { type: "ok", value: 1, node: "n2" },
      { type: "ok", value: [1, 2], node: "n3" },
      {
        type: "fail",
        value: [1, 3],
        error: { code: "precondition-failed", message: '"x" was 2, not 1' },
        node: "n1",
      },
      { type: "ok", value: 2, node: "n2" },
      { type: "ok", value: null, node: "n2" },
    ]);
  });

  it("says who leads", async () => {
    const { cluster } = await start({ protocol });
    expect(await cluster.primaries?.()).toHaveLength(1);
  });

  it("refuses an operation that it does not have, definitely", async () => {
    const { cluster, drive, signal } = await start({ protocol });
    const invoke = async (invocation: Invocation) =>
      (await cluster.openClient("n1")).invoke(invocation, signal);
    for (const invocation of [
      { f: "increment", key: "x", value: 1 },
      { f: "cas", key: "x", value: 1 },
    ]) {
      await expect(drive(invoke(invocation))).rejects.toMatchObject({
        code: "unsupported-operation",
        definite: true,
      });
    }
  });

  it("runs on one node", async () => {
    const { cluster, drive, signal } = await start({ protocol }, ["n1"]);
    const client = await drive(cluster.openClient("n1"));
    expect(await drive(client.invoke({ f: "write", key: "x", value: 1 }, signal))).toMatchObject({
      type: "ok",
    });
    expect(await drive(client.invoke({ f: "read", key: "x", value: null }, signal))).toMatchObject({
      value: 1,
    });
  });

  it("is gone once it is disposed of", async () => {
    const { cluster, drive } = await start({ protocol });
    await cluster[Symbol.asyncDispose]();
    await expect(drive(cluster.openClient("n1"))).rejects.toMatchObject({ code: "connection-refused" });
  });
});

describe("the options of the reference store", () => {
  it.each([
    [{ latency: "5" }, "bad-option"],
    [{ timeout: "0s" }, "bad-option"],
    [{ loss: "1.5" }, "bad-option"],
    [{ loss: "-0.1" }, "bad-option"],
    [{ protocol: "paxos" }, "bad-option"],
    [{ bug: "nonesuch" }, "bad-option"],
    [{ speed: "5" }, "unknown-option"],
  ])("refuse %j", async (options, code) => {
    await expect(start(options as Record<string, string>)).rejects.toMatchObject({ code });
  });

  it("accept every default when it is spelled out", async () => {
    const defaults = Object.entries(referenceStore.options).map(([name, spec]) => [name, spec.default]);
    await expect(start(Object.fromEntries(defaults))).resolves.toBeDefined();
  });
});
