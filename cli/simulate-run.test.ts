import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { wallClockNow } from "../harness/clock/index.ts";
import { createRecorder } from "../harness/history/files.ts";
import { run } from "../harness/run/run.ts";
import { StopRequest } from "../harness/run/stop-request.ts";
import { injector } from "../nemesis/index.ts";
import { describeRun } from "./describe-run.ts";
import { planOf } from "./plan-of-manifest.ts";
import { planRun, type RunPlan } from "./plan-run.ts";
import { targets } from "./registries.ts";
import { defaultRunOptions, type RunOptions } from "./run-options.ts";
import { recordedOperations } from "./script-of-history.ts";
import { simulateRun } from "./simulate-run.ts";

function planned(seed: number, given: Partial<RunOptions> = {}): RunPlan {
  const options = defaultRunOptions({ nemesis: "partition,kill,pause", time: 2e9, rate: 100, ...given });
  return planRun("reference-store", options, seed);
}

/** The history of a run in memory, as `history.jsonl` would hold it. */
async function textOf(plan: RunPlan, trace = false): Promise<string> {
  return (await simulateRun(plan, { text: true, trace })).text;
}

/** What `assay run` writes to the disk. */
async function recordedBytes(plan: RunPlan): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "assay-simulate-"));
  const path = join(folder, "history.jsonl");
  const recorder = createRecorder(path);
  await run({
    ...plan,
    runId: "x",
    injector: (cluster) => injector(cluster, plan.faults),
    random: plan.random.stream("run"),
    recorder,
    reporter: {},
    stop: new StopRequest(),
  });
  recorder.close();
  const text = readFileSync(path, "utf8");
  rmSync(folder, { recursive: true });
  return text;
}

describe("a run in memory", () => {
  test.each([1, 2, 3])("of seed %i has the bytes of the run on disk", async (seed) => {
    expect(await textOf(planned(seed))).toBe(await recordedBytes(planned(seed)));
  });

  test("is the same whether it is traced or not", async () => {
    expect(await textOf(planned(4), true)).toBe(await textOf(planned(4)));
  });

  test("is judged: primary-local-reads is not linearizable", async () => {
    const { verdict } = await simulateRun(planned(2, { protocol: "primary-local-reads", time: 10e9 }));
    expect(verdict.validity).toBe("invalid");
    expect(verdict.checks.map(({ checker }) => checker)).toEqual(["linearizable", "evidence"]);
  });

  test("runs of one plan are equal, also side by side", async () => {
    const texts = await Promise.all([5, 5, 6].map((seed) => textOf(planned(seed))));
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).not.toBe(texts[0]);
  });
});

describe("a manifest", () => {
  test.prop([fc.nat(1_000), fc.integer({ min: 1, max: 6 })], { numRuns: 10 })(
    "holds all that is needed to run again",
    async (seed, nodes) => {
      const plan = planned(seed, { nodes, nemesis: nodes < 3 ? "kill:one" : "partition,kill:minority" });
      const manifest = await describeRun(plan, wallClockNow(), { argv: [], cwd: tmpdir() });
      const again = planOf(JSON.parse(JSON.stringify(manifest)), undefined);
      expect(await textOf(again)).toBe(await textOf(plan));
    },
  );
});

describe("a recorded load", () => {
  test.prop([fc.nat(1_000)], { numRuns: 10 })(
    "on the same store, with the same faults and the same seed, gives the same load",
    async (seed) => {
      const plan = planned(seed);
      const { history, text } = await simulateRun(plan, { text: true });
      const { load, recovery, healNs } = recordedOperations(history, plan.concurrency);
      expect(load.length + recovery.length).toBeGreaterThan(50);
      const script = { operations: load, recovery: false };
      const again = await simulateRun({ ...plan, script }, { text: true });
      const recorded = recordedOperations(again.history, plan.concurrency);
      expect(recorded.load).toEqual(load);
      expect(recorded.recovery).toEqual([]);
      const until = text.indexOf(`"time":${healNs},`);
      expect(again.text.slice(0, until)).toBe(text.slice(0, until));
    },
  );

  test("is followed by the workload's final reads where that is asked for", async () => {
    const plan = planned(9);
    const { load, recovery } = recordedOperations((await simulateRun(plan)).history, plan.concurrency);
    const again = await simulateRun({ ...plan, script: { operations: load, recovery: true } });
    const keysRead = (operations: typeof recovery) => new Set(operations.map(({ key }) => key));
    expect(keysRead(recordedOperations(again.history, plan.concurrency).recovery)).toEqual(
      keysRead(recovery),
    );
  });

  test("is expected to do what it holds, and no more", async () => {
    const plan = planned(9, { nemesis: "none" });
    const operations = [
      { timeNs: 1e9, thread: 0, f: "write", key: "k", value: 1 },
      { timeNs: 2e9, thread: 1, f: "read", key: "k", value: null },
    ];
    const { verdict } = await simulateRun({
      ...plan,
      timeLimitNs: 3e9,
      script: { operations, recovery: false },
    });
    expect(verdict.checks.flatMap(({ reasons }) => reasons)).toEqual([]);
    expect(verdict.validity).toBe("valid");
    expect(verdict.history.operations).toBe(3);
  });
});

describe("a protocol by its name alone", () => {
  const protocols = (targets["reference-store"]?.variants ?? []).map(({ name }) => name);
  /** They answer for registers too, which are the default, with less than is asked for there. */
  const weakRegisters = ["primary-local-reads", "total-order-local-reads", "async-primary"];

  test.each(protocols)(
    "%s is run with what it understands, and keeps what it promises there",
    async (protocol) => {
      const plan = planRun("reference-store", defaultRunOptions({ protocol, time: 2e9 }), 5);
      const { validity } = (await simulateRun(plan, {})).verdict;
      expect(validity).toBe(weakRegisters.includes(protocol) ? "invalid" : "valid");
    },
  );
});
