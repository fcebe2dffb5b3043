import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { NS_PER_MS } from "../../harness/clock/index.ts";
import { describePlan } from "../describe-run.ts";
import { simulateRun } from "../simulate-run.ts";
import { drawRun } from "./draw-run.ts";
import type { FixedOptions } from "./hunt-spec.ts";

const spec = (fixed: FixedOptions = {}) => ({ target: "reference-store", fixed });
const linearizable: FixedOptions = { consistency: "linearizable", workload: "register" };
const drawn = (seed: number, fixed: FixedOptions = {}) =>
  describePlan(drawRun(spec({ ...linearizable, ...fixed }), seed));
const many = Array.from({ length: 200 }, (_, seed) => drawn(seed));
const distinct = (of: (plan: (typeof many)[number]) => unknown) =>
  new Set(many.map((plan) => JSON.stringify(of(plan)))).size;

describe("a seed", () => {
  test.prop([fc.nat()])("means the same each time", (seed) => {
    expect(drawn(seed)).toEqual(drawn(seed));
  });

  test("varies everything that was not fixed", () => {
    expect(distinct(({ nodes }) => nodes.length)).toBeGreaterThan(3);
    expect(distinct(({ faults }) => faults.map(({ kind }) => kind))).toBeGreaterThan(5);
    expect(distinct(({ concurrency }) => concurrency)).toBeGreaterThan(8);
    for (const name of ["latency", "client-latency", "sync", "timeout"]) {
      expect(distinct(({ targetOptions }) => targetOptions[name])).toBeGreaterThan(150);
    }
    for (const name of ["loss", "duplication"]) {
      expect(distinct(({ targetOptions }) => targetOptions[name])).toBeGreaterThan(2);
    }
    expect(distinct(({ rateHz, timeLimitNs, opTimeoutNs }) => [rateHz, timeLimitNs, opTimeoutNs])).toBe(200);
    expect(distinct(({ workloadOptions }) => workloadOptions["keys"])).toBe(4);
    expect(distinct(({ schedule }) => schedule)).toBeGreaterThan(150);
  });

  test("leaves as it is what the user fixed, and everything else as it would be", () => {
    for (let seed = 0; seed < 50; seed++) {
      const free = drawn(seed);
      const fixed = drawn(seed, { rate: 77, option: [["latency", "3ms"]] });
      expect(fixed.rateHz).toBe(77);
      expect(fixed.targetOptions["latency"]).toBe("3ms");
      expect({ ...fixed, rateHz: 0, targetOptions: 0 }).toEqual({ ...free, rateHz: 0, targetOptions: 0 });
    }
  });

  test("asks for no fault that its cluster is too small for", () => {
    for (let seed = 0; seed < 50; seed++) {
      expect(drawn(seed, { nodes: 1 }).faults.map(({ kind }) => kind)).not.toContain("partition");
    }
  });

  test("has the bound of what is promised, and none of the faults under which it is not", () => {
    const kinds = new Set<string>();
    for (let seed = 0; seed < 50; seed++) {
      const option: FixedOptions["option"] = [["bound", "time"]];
      const plan = describePlan(drawRun(spec({ protocol: "bounded-staleness", option }), seed));
      expect(plan).toMatchObject({ consistency: "delta-atomic", maxStaleness: { timeMs: 100 } });
      for (const { kind } of plan.faults) kinds.add(kind);
    }
    expect([...kinds].sort()).toEqual(["kill", "partition", "pause"]);
  });

  test("has the faults that a mistake needs to show, unless others were asked for", () => {
    const fixed = { protocol: "raft", bug: "vote-not-persisted" } as const;
    for (let seed = 0; seed < 50; seed++) {
      const plan = describePlan(drawRun(spec(fixed), seed));
      expect(plan.faults.map(({ kind }) => kind)).toEqual(["kill", "partition"]);
      expect(plan.schedule[0]?.timeNs).toBe(60 * NS_PER_MS);
      const asked = describePlan(drawRun(spec({ ...fixed, nemesis: "pause" }), seed));
      expect(asked.faults.map(({ kind }) => kind)).toEqual(["pause"]);
    }
  });

  test("of raft comes out valid, with operations that were answered", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { verdict } = await simulateRun(drawRun(spec(linearizable), seed));
      expect(verdict.validity, `seed ${seed}`).toBe("valid");
    }
  });
});

describe("what is refused", () => {
  test("a target in real time, with those that can be hunted", () => {
    expect(() => drawRun({ target: "etcd", fixed: {} }, 1)).toThrow(
      expect.objectContaining({
        name: "UsageError",
        code: "not-simulated",
        hint: expect.stringContaining("reference-store"),
      }),
    );
  });

  test.each<{ fixed: FixedOptions; code: string }>([
    { fixed: { protocol: "rfat" }, code: "bad-option" },
    { fixed: { workload: "regster" }, code: "unknown-workload" },
    { fixed: { nemesis: "partiton" }, code: "unknown-fault" },
    { fixed: { option: [["latncy", "1ms"]] }, code: "unknown-option" },
  ])("$code", ({ fixed, code }) => {
    expect(() => drawRun(spec(fixed), 1)).toThrow(expect.objectContaining({ code }));
  });
});
