import { describe, expect, test } from "vitest";
import { NS_PER_S } from "../harness/clock/index.ts";
import type { TraceEvent } from "../harness/ports/index.ts";
import { planRun } from "./plan-run.ts";
import { defaultRunOptions, type RunOptions } from "./run-options.ts";
import { simulateRun } from "./simulate-run.ts";

async function simulate(trace: boolean, given: Partial<RunOptions> = {}) {
  const options = defaultRunOptions({
    nemesis: "partition,kill,pause,clock",
    time: 8 * NS_PER_S,
    seed: 5,
    ...given,
  });
  return simulateRun(planRun("reference-store", options, 5), { text: true, trace });
}

describe("a run that somebody watches", () => {
  test("has the same history as one that nobody watches, byte for byte", async () => {
    const watched = await simulate(true);
    const alone = await simulate(false);
    expect(watched.text).toBe(alone.text);
    expect(watched.text.length).toBeGreaterThan(10_000);
    expect(watched.trace.length).toBeGreaterThan(1_000);
  });

  test("tells everything that happened, in order of time", async () => {
    const { trace } = await simulate(true);
    const times = trace.map(({ timeNs }) => timeNs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const kinds = new Set(trace.map(({ type }) => type));
    expect([...kinds].toSorted()).toEqual(["deliver", "log", "lose", "node", "reply", "request", "send"]);
    const reasons = new Set(trace.flatMap((event) => (event.type === "lose" ? [event.reason] : [])));
    expect([...reasons].toSorted()).toEqual(["chance", "down", "partition"]);
    const happened = new Set(
      trace.flatMap((event) => (event.type === "node" ? [event.what.replace(/ .*/, "")] : [])),
    );
    expect([...happened].toSorted()).toEqual(["clock", "kill", "pause", "resume", "start"]);
  });

  test("sees every message at most twice, and none before it was sent", async () => {
    const { trace } = await simulate(true, { option: [["duplication", "0.2"]] });
    const ends = new Map<number, number>();
    for (const event of trace) {
      if (event.type === "send") ends.set(event.message, 0);
      if (event.type === "deliver" || event.type === "lose") {
        const before = ends.get(event.message);
        expect(before, `message ${event.message} at ${event.timeNs}`).toBeDefined();
        ends.set(event.message, (before ?? 0) + 1);
      }
    }
    expect(new Set(ends.values())).toEqual(new Set([0, 1, 2]));
  });

  test("comes to an end where nothing takes time but a client's way to its node", async () => {
    const instant = ["latency", "client-latency", "sync"].map((name): [string, string] => [name, "0ms"]);
    const { trace, outcome } = await simulate(true, {
      nemesis: "none",
      nodes: 1,
      concurrency: { count: 1, perNode: false },
      rate: 0,
      time: NS_PER_S / 100,
      option: instant,
    });
    expect(outcome.endNs).toBeGreaterThanOrEqual(NS_PER_S / 100);
    const requests = trace.filter((event: TraceEvent) => event.type === "request");
    expect(requests.length).toBeGreaterThan(0);
  });
});
