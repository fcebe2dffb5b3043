import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { wallClockNow } from "../../harness/clock/index.ts";
import { describeRun } from "../describe-run.ts";
import { drawRun } from "../hunt/draw-run.ts";
import type { FixedOptions } from "../hunt/hunt-spec.ts";
import { kindsOfAnomaly } from "../hunt/seed-outcome.ts";
import { planOf } from "../plan-of-manifest.ts";
import type { RunPlan } from "../plan-run.ts";
import { type SimulatedRun, simulateRun } from "../simulate-run.ts";
import { Attempts, withSeed } from "./attempts.ts";
import { flatten } from "./flatten.ts";
import { shrink } from "./shrink.ts";
import { sizeOf } from "./size.ts";
import { tellStory } from "./story.ts";

const NOT_LINEARIZABLE = "linearizable: nonlinearizable";
const fixed: FixedOptions = {
  protocol: "primary-local-reads",
  workload: "register",
  consistency: "linearizable",
};

/** The first seeds of primary-local-reads that are not linearizable. */
async function violations(count: number): Promise<{ plan: RunPlan; run: SimulatedRun }[]> {
  const found: { plan: RunPlan; run: SimulatedRun }[] = [];
  for (let seed = 1; found.length < count; seed++) {
    const plan = drawRun({ target: "reference-store", fixed }, seed);
    const run = await simulateRun(plan);
    if (run.verdict.validity === "invalid") found.push({ plan, run });
  }
  return found;
}

const attemptsOf = (budget: number, anomaly = NOT_LINEARIZABLE) =>
  new Attempts({ anomaly, budget, over: () => false });

describe("a shrunk run", () => {
  test("has the anomaly of the long one, in at most ten operations and three faults", async () => {
    for (const { plan, run } of await violations(3)) {
      const shown = await shrink(plan, run, attemptsOf(1_500));
      if (shown === undefined) expect.fail("nothing was found");
      const size = sizeOf(shown.plan);
      expect(size.operations).toBeLessThanOrEqual(10);
      expect(size.faults).toBeLessThanOrEqual(3);
      expect(size.operations).toBeLessThan(run.verdict.history.operations);
      expect(kindsOfAnomaly((await simulateRun(shown.plan)).verdict)).toContain(NOT_LINEARIZABLE);
    }
  });

  test("is a function of the run and of the budget", async () => {
    const [violation] = await violations(1);
    if (violation === undefined) expect.fail("nothing was found");
    const once = await shrink(violation.plan, violation.run, attemptsOf(300));
    const again = await shrink(violation.plan, violation.run, attemptsOf(300));
    const data = (plan: RunPlan | undefined) =>
      JSON.stringify([plan?.seed, plan?.nodes, plan?.script, plan?.schedule]);
    expect(data(again?.plan)).toBe(data(once?.plan));
  });

  test("is a run like any other: its manifest and its operations give it again", async () => {
    const [violation] = await violations(1);
    if (violation === undefined) expect.fail("nothing was found");
    const shown = await shrink(violation.plan, violation.run, attemptsOf(600));
    if (shown === undefined) expect.fail("nothing was found");
    const manifest = await describeRun(shown.plan, wallClockNow(), { argv: [], cwd: tmpdir() });
    const again = planOf(JSON.parse(JSON.stringify(manifest)), shown.plan.script.operations);
    const { text } = await simulateRun(shown.plan, { text: true });
    expect((await simulateRun(again, { text: true })).text).toBe(text);
  });

  test("has a story with every client, every node, and what was wrong", async () => {
    const [violation] = await violations(1);
    if (violation === undefined) expect.fail("nothing was found");
    const shown = await shrink(violation.plan, violation.run, attemptsOf(600));
    if (shown === undefined) expect.fail("nothing was found");
    const run = await simulateRun(shown.plan, { trace: true });
    const story = tellStory(shown.plan, run, NOT_LINEARIZABLE);
    for (const node of shown.plan.nodes) expect(story).toContain(node);
    expect(story).toMatch(/client \d asks: (read|write|cas) k/);
    expect(story).toContain("these");
  });
});

describe("shrinking", () => {
  test("stops when its budget is spent, with the smallest run until then", async () => {
    const [violation] = await violations(1);
    if (violation === undefined) expect.fail("nothing was found");
    const attempts = attemptsOf(20);
    expect(await shrink(violation.plan, violation.run, attempts)).toBeDefined();
    expect(attempts.runs).toBe(20);
  });

  test("finds nothing where the anomaly is not there", async () => {
    const plan = drawRun({ target: "reference-store", fixed: { ...fixed, protocol: "raft" } }, 1);
    const attempts = attemptsOf(30);
    expect(await shrink(plan, await simulateRun(plan), attempts)).toBeUndefined();
  });
});

describe("a run put as a script", () => {
  test("has one phase, with every final read and every fault's end in it, and still the anomaly", async () => {
    for (const { plan, run } of await violations(3)) {
      const flat = flatten(plan, run.history);
      const clients = run.verdict.history.operations - (run.verdict.evidence?.faults.length ?? 0);
      expect(flat.script.recovery).toBe(false);
      expect(flat.script.operations.length).toBeGreaterThan(clients / 2);
      expect((await attemptsOf(1).shows(flat))?.plan).toBe(flat);
    }
  });

  test("stays as it is when it is one already", async () => {
    const [violation] = await violations(1);
    if (violation === undefined) expect.fail("nothing was found");
    const flat = flatten(violation.plan, violation.run.history);
    const { history } = await simulateRun(flat);
    expect(flatten(flat, history)).toEqual(flat);
  });
});

test("an attempt tries the plan's own seed first, then others, and each counts", async () => {
  const plan = drawRun({ target: "reference-store", fixed: { ...fixed, protocol: "raft" } }, 1);
  const attempts = attemptsOf(10);
  expect(await attempts.shows(plan, 4)).toBeUndefined();
  expect(attempts.runs).toBe(4);
  expect(withSeed(plan, 7)).toMatchObject({ seed: 7, schedule: plan.schedule });
});
