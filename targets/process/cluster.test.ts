import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type {
  Completion,
  KillCapability,
  PartitionCapability,
  PauseCapability,
} from "../../harness/ports/index.ts";
import { pollUntil } from "../poll.ts";
import { CHILDREN_FILE } from "./child-record.ts";
import { processEntry } from "./process-table.ts";
import { demonstration } from "./testing/nodes.ts";
import { ProcessRun } from "./testing/process-run.ts";

const echo = (value: string) => ({ f: "echo", value });

function pidsOf(run: ProcessRun): number[] {
  const text = readFileSync(join(run.folder, CHILDREN_FILE), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { pid: number }).pid);
}

const messagesOf = (completion: Completion) => [...(completion.value as number[])].sort((a, b) => a - b);

test("an echo node of fifteen lines answers its clients", async () => {
  await ProcessRun.during({ workload: "echo", program: demonstration("echo") }, async (run) => {
    expect(await run.ask("n2", echo("hi"))).toEqual({ type: "ok", value: "hi", node: "n2" });
  });
});

test("when a cluster is gone, so are its processes and what was written down of them", async () => {
  const run = await ProcessRun.start({ workload: "echo", program: demonstration("echo") });
  const pids = pidsOf(run);
  expect(pids.map((pid) => processEntry(pid)?.state)).toEqual(["runs", "runs", "runs"]);
  await run.cluster[Symbol.asyncDispose]();
  expect(pids.map((pid) => processEntry(pid))).toEqual([undefined, undefined, undefined]);
  expect(existsSync(join(run.folder, CHILDREN_FILE))).toBe(false);
  await run[Symbol.asyncDispose]();
});

test("a broadcast reaches every node over the neighbours of its topology", async () => {
  await ProcessRun.during(
    {
      workload: "broadcast",
      program: demonstration("broadcast"),
      options: { topology: "line" },
    },
    async (run) => {
      await run.ask("n1", { f: "add", value: 7 });
      const arrived = await pollUntil(run.clock, { timeoutMs: 10_000, everyMs: 5 }, async () =>
        messagesOf(await run.ask("n3", { f: "read", value: null })).includes(7),
      );
      expect(arrived).toBe(true);
      const between = run.trace.filter((event) => event.type === "deliver" && event.from === "n1");
      expect(new Set(between.map((event) => event.type === "deliver" && event.to))).toContain("n2");
      expect(between.some((event) => event.type === "deliver" && event.to === "n3")).toBe(false);
    },
  );
});

describe("kill", () => {
  const killOf = (run: ProcessRun) => run.cluster.capabilities.kill as KillCapability;

  test("takes the process and what it held in memory; a start begins again with init", async () => {
    await ProcessRun.during(
      {
        workload: "g-set",
        program: demonstration("g-set"),
        nodes: 1,
      },
      async (run) => {
        await run.ask("n1", { f: "add", value: 5 });
        expect(await killOf(run).kill(["n1"])).toEqual({ effective: true, detail: "n1: process gone" });
        expect(processEntry(pidsOf(run)[0] as number)).toBeUndefined();
        await expect(run.ask("n1", { f: "add", value: 6 })).rejects.toMatchObject({
          code: "connection-refused",
          definite: true,
        });
        expect(await killOf(run).kill(["n1"])).toEqual({ effective: false, detail: "n1: was down" });
        expect(await killOf(run).restart(["n1"])).toEqual({
          effective: false,
          detail: "n1: process started",
        });
        expect(await run.ask("n1", { f: "read", value: null })).toMatchObject({ type: "ok", value: [] });
        expect(await run.cluster.failure?.()).toBeUndefined();
      },
    );
  });

  test("nothing reaches a node that starts again before its init, however much it is asked", async () => {
    await ProcessRun.during(
      { workload: "g-counter", program: demonstration("g-counter"), nodes: 1, options: { latency: "0ms" } },
      async (run) => {
        await killOf(run).kill(["n1"]);
        let started = false;
        const restarting = killOf(run)
          .restart(["n1"])
          .finally(() => {
            started = true;
          });
        const asked: Promise<unknown>[] = [];
        while (!started) {
          asked.push(run.ask("n1", { f: "add", value: 1 }));
          await Promise.race([run.clock.sleep(1e6), Promise.allSettled(asked)]);
        }
        await restarting;
        expect(asked.length).toBeGreaterThan(1);
        await Promise.allSettled(asked);
        expect(await run.cluster.failure?.()).toBeUndefined();
      },
    );
  });

  test("of an operation that was under way nobody knows", async () => {
    await ProcessRun.during(
      {
        workload: "lin-kv",
        program: demonstration("kv-proxy"),
        options: { latency: "1s" },
      },
      async (run) => {
        const write = run.ask("n1", { f: "write", key: "x", value: 1 });
        const outcome = expect(write).rejects.toMatchObject({ code: "connection-reset", definite: false });
        await run.clock.sleep(20e6);
        await killOf(run).kill(["n1"]);
        await outcome;
      },
    );
  });
});

describe("pause", () => {
  const pauseOf = (run: ProcessRun) => run.cluster.capabilities.pause as PauseCapability;

  test("stops the process, as the system says; what was asked meanwhile is answered later", async () => {
    await ProcessRun.during({ workload: "echo", program: demonstration("echo") }, async (run) => {
      expect(await pauseOf(run).pause(["n1"])).toEqual({ effective: true, detail: "n1: paused" });
      expect(processEntry(pidsOf(run)[0] as number)?.state).toBe("stopped");
      let answered = false;
      const late = run.ask("n1", echo("late")).finally(() => {
        answered = true;
      });
      await run.clock.sleep(100e6);
      expect(answered).toBe(false);
      expect(await pauseOf(run).resume(["n1", "n2"])).toEqual({ effective: true, detail: "n1: resumed" });
      expect(await late).toMatchObject({ value: "late" });
    });
  });

  test("a paused node can be killed", async () => {
    await ProcessRun.during({ workload: "echo", program: demonstration("echo"), nodes: 1 }, async (run) => {
      await pauseOf(run).pause(["n1"]);
      const kill = run.cluster.capabilities.kill as KillCapability;
      expect(await kill.kill(["n1"])).toMatchObject({ effective: true });
      expect(await pauseOf(run).resume(["n1"])).toEqual({ effective: false, detail: "nothing to do" });
    });
  });
});

describe("partition", () => {
  const links = [
    { from: "n1", to: "n2" },
    { from: "n2", to: "n1" },
  ];

  test("drops what nodes send each other, and nothing else; the probe counts it", async () => {
    await ProcessRun.during(
      {
        workload: "broadcast",
        program: demonstration("broadcast", "--once"),
        nodes: 2,
        options: { topology: "total" },
      },
      async (run) => {
        const partition = run.cluster.capabilities.partition as PartitionCapability;
        expect(await partition.block(links)).toEqual({ effective: false, detail: "2 links blocked" });
        await run.ask("n1", { f: "add", value: 1 });
        expect(await partition.heal()).toEqual({ effective: true, detail: "1 messages dropped" });
        await run.ask("n1", { f: "add", value: 2 });
        const arrived = await pollUntil(run.clock, { timeoutMs: 10_000, everyMs: 5 }, async () =>
          messagesOf(await run.ask("n2", { f: "read", value: null })).includes(2),
        );
        expect(arrived).toBe(true);
        expect(messagesOf(await run.ask("n2", { f: "read", value: null }))).toEqual([2]);
        expect(run.trace).toContainEqual(
          expect.objectContaining({ type: "lose", reason: "partition", from: "n1" }),
        );
      },
    );
  });

  test("services stay within reach", async () => {
    await ProcessRun.during(
      {
        workload: "lin-kv",
        program: demonstration("kv-proxy"),
        nodes: 2,
      },
      async (run) => {
        await (run.cluster.capabilities.partition as PartitionCapability).block(links);
        await run.ask("n1", { f: "write", key: "x", value: 1 });
        expect(await run.ask("n2", { f: "read", key: "x", value: null })).toMatchObject({ value: 1 });
      },
    );
  });
});

test("messages are lost and doubled as often as asked for", async () => {
  await ProcessRun.during(
    {
      workload: "g-set",
      program: demonstration("g-set"),
      nodes: 2,
      options: { loss: "0.5", duplication: "0.5" },
    },
    async (run) => {
      const count = (type: string) =>
        run.trace.filter((event) => event.type === type && "from" in event && event.from === "n1").length;
      await pollUntil(
        run.clock,
        { timeoutMs: 10_000, everyMs: 20 },
        async () => count("lose") > 3 && count("deliver") > 3,
      );
      expect(count("lose")).toBeGreaterThan(3);
      expect(count("deliver")).toBeGreaterThan(count("send") - count("lose"));
    },
  );
});

test("a node's standard error is its log, with what happened to it", async () => {
  await ProcessRun.during(
    {
      workload: "echo",
      program: {
        command: "sh",
        args: ["-c", `echo "to be read" >&2; exec ${process.execPath} ${demonstration("echo").args[0]}`],
      },
      nodes: 1,
    },
    async (run) => {
      await run.ask("n1", echo("hi"));
      const logs = join(run.folder, "logs");
      expect(await run.cluster.saveLogs(logs)).toEqual(["n1.log"]);
      const log = readFileSync(join(logs, "n1.log"), "utf8");
      expect(log).toMatch(/\[assay\] run 1: process \d+/);
      expect(log).toContain("to be read\n");
    },
  );
});

test("a start that nobody wants any more ends, and leaves no process", async () => {
  const wanted = new AbortController();
  const started = ProcessRun.start({
    workload: "echo",
    program: demonstration("broken", "is silent"),
    signal: wanted.signal,
  });
  wanted.abort(new Error("not any more"));
  await expect(started).rejects.toThrow("not any more");
});
