import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { NS_PER_MS } from "../harness/clock/duration.ts";
import { Random } from "../harness/clock/random.ts";
import type { ClockSkew } from "../harness/ports/index.ts";
import { clock } from "./clock.ts";
import { fakeCluster } from "./testing/fake-cluster.ts";

const nodes = ["n1", "n2", "n3", "n4", "n5"];

type Skews = Readonly<Record<string, Partial<ClockSkew>>>;

function planned(variant: string, seed: number): Skews {
  const plan = clock.variants[variant]?.plan(nodes, new Random(seed));
  return (plan as { readonly skews: Skews }).skews;
}

const seeds = Array.from({ length: 300 }, (_, seed) => seed);

describe("clock:jump", () => {
  test.prop([fc.nat(100_000)])("puts some nodes ahead or behind, by 4 ms to 4.1 s", (seed) => {
    for (const [node, { offsetNs = 0, rate }] of Object.entries(planned("jump", seed))) {
      expect(nodes).toContain(node);
      expect(Math.abs(offsetNs)).toBeGreaterThanOrEqual(4 * NS_PER_MS);
      expect(Math.abs(offsetNs)).toBeLessThanOrEqual(4096 * NS_PER_MS);
      expect(Number.isSafeInteger(offsetNs)).toBe(true);
      expect(rate).toBeUndefined();
    }
  });

  test("strikes every number of nodes, each in a way of its own, in both directions", () => {
    const plans = seeds.map((seed) => Object.values(planned("jump", seed)));
    expect([...new Set(plans.map((plan) => plan.length))].toSorted()).toEqual([1, 2, 3, 4, 5]);
    const five = plans.find((plan) => plan.length === 5);
    expect(new Set(five?.map(({ offsetNs }) => offsetNs)).size).toBeGreaterThan(1);
    const offsets = plans.flat().map(({ offsetNs = 0 }) => offsetNs);
    expect(Math.max(...offsets)).toBeGreaterThan(2000 * NS_PER_MS);
    expect(Math.min(...offsets)).toBeLessThan(-2000 * NS_PER_MS);
    // Small ones matter too: a lease is lost by less than its length.
    expect(offsets.some((offsetNs) => Math.abs(offsetNs) < 10 * NS_PER_MS)).toBe(true);
  });
});

describe("clock:drift", () => {
  test.prop([fc.nat(100_000)])("makes some nodes' clocks fast or slow, up to twice", (seed) => {
    for (const { offsetNs, rate = 0 } of Object.values(planned("drift", seed))) {
      expect(rate).toBeGreaterThanOrEqual(0.5);
      expect(rate).toBeLessThanOrEqual(2);
      expect(offsetNs).toBeUndefined();
    }
  });

  test("does so in both directions", () => {
    const rates = seeds.flatMap((seed) => Object.values(planned("drift", seed)).map(({ rate = 1 }) => rate));
    expect(Math.max(...rates)).toBeGreaterThan(1.9);
    expect(Math.min(...rates)).toBeLessThan(0.55);
  });
});

test("clock:one strikes one node, in both ways", () => {
  const [skew, ...others] = Object.values(planned("one", 1));
  expect(others).toEqual([]);
  expect(skew).toEqual({ offsetNs: expect.any(Number), rate: expect.any(Number) });
});

describe("carried out", () => {
  test("a plan is the same for a seed, and data", () => {
    expect(planned("jump", 7)).toEqual(planned("jump", 7));
    expect(JSON.parse(JSON.stringify(planned("jump", 7)))).toEqual(planned("jump", 7));
  });

  test("what a plan does not name stays right: clocks that jump keep their speed", async () => {
    const cluster = fakeCluster();
    await clock.inject(cluster, { skews: { n1: { offsetNs: 5 }, n3: { rate: 0.5 } } });
    expect(cluster.calls).toEqual(["skew n1:5:1 n3:0:0.5"]);
  });

  test("the primary is looked up when the fault strikes", async () => {
    const plan = { variant: "primary", skew: { offsetNs: 7, rate: 1.5 } };
    expect(clock.variants["primary"]?.plan(nodes, new Random(1))).toEqual({
      ...plan,
      skew: { offsetNs: expect.any(Number), rate: expect.any(Number) },
    });
    const cluster = fakeCluster({ primaries: ["n2"] });
    await clock.inject(cluster, plan);
    expect(cluster.calls).toEqual(["skew n2:7:1.5"]);
  });

  test("it is taken back on every node at once", async () => {
    const cluster = fakeCluster();
    await clock.revert(cluster);
    expect(cluster.calls).toEqual(["reset"]);
    expect(clock.undo).toBe("reset-clock");
  });

  test("it says why where the cluster lacks the capability", async () => {
    const cluster = fakeCluster({ lacks: ["clock"] });
    await expect(clock.inject(cluster, { skews: {} })).rejects.toMatchObject({ code: "fault-unavailable" });
  });
});
