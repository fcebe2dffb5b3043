import { expect, test } from "vitest";
import type { Clock } from "../../harness/clock/index.ts";
import { NS_PER_MS } from "../../harness/clock/index.ts";
import type { Engine } from "./engine.ts";
import type { DockerNode } from "./node.ts";
import { waitUntilReady } from "./readiness.ts";

/** A clock on which nothing takes time but sleeping. */
function sleepingClock(): Clock {
  let nowNs = 0;
  return {
    nowNs: () => nowNs,
    sleep: async (durationNs) => {
      nowNs += durationNs;
    },
    wait: async () => {},
  };
}

const NODES = ["n1", "n2"].map(
  (name): DockerNode => ({ name, ip: "", port: 0, container: `c-${name}`, image: "", labels: {} }),
);

function engineWhere(running: (container: string) => boolean): Engine {
  const engine: Partial<Engine> = {
    containerState: async (container) => ({ running: running(container), paused: false, exitCode: 2 }),
    logs: async () => Buffer.from("reading data\npanic: no data\n"),
  };
  return engine as Engine;
}

const forever = new AbortController().signal;

test("every node is asked until it is ready, and no longer", async () => {
  const asked: string[] = [];
  const ready = async ({ name }: { name: string }) => {
    asked.push(name);
    if (name === "n2" && asked.length < 5) throw new Error("still starting");
  };
  const engine = engineWhere(() => true);
  await waitUntilReady(engine, NODES, { ready }, { clock: sleepingClock(), signal: forever });
  expect(asked).toEqual(["n1", "n2", "n2", "n2", "n2"]);
});

test("the deadline names what is amiss at each node that is not ready", async () => {
  const clock = sleepingClock();
  const ready = async ({ name }: { name: string }) => {
    if (name === "n2") throw new Error("no leader yet");
  };
  const waiting = waitUntilReady(
    engineWhere(() => true),
    NODES,
    { ready, readyTimeoutMs: 5_000 },
    { clock, signal: forever },
  );
  await expect(waiting).rejects.toMatchObject({
    code: "not-ready",
    exitCode: 4,
    message: "1 of 2 nodes are not ready after 5 s:\n  n2: no leader yet",
  });
  expect(clock.nowNs()).toBe(5_000 * NS_PER_MS);
});

test("a node that ends is told at once, with its exit code and the end of its log", async () => {
  const clock = sleepingClock();
  const ready = async () => {
    throw new Error("connection refused");
  };
  const engine = engineWhere((container) => container !== "c-n2" || clock.nowNs() < 300 * NS_PER_MS);
  await expect(waitUntilReady(engine, NODES, { ready }, { clock, signal: forever })).rejects.toMatchObject({
    code: "node-died",
    message: "node n2 ended by itself with exit code 2; its log ends with\n  reading data\n  panic: no data",
  });
  expect(clock.nowNs()).toBe(300 * NS_PER_MS);
});

test("who wants out is let out", async () => {
  const controller = new AbortController();
  const ready = async () => {
    controller.abort(new Error("interrupted"));
    throw new Error("not yet");
  };
  const engine = engineWhere(() => true);
  const waiting = waitUntilReady(
    engine,
    NODES,
    { ready },
    { clock: sleepingClock(), signal: controller.signal },
  );
  await expect(waiting).rejects.toThrow("interrupted");
});
