import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { NS_PER_MS } from "../harness/clock/duration.ts";
import {
  type GeneratorEvent,
  operation,
  type Simulation,
  sequence,
  simulate,
  timeLimit,
} from "../harness/generator/index.ts";
import { type EverywhereReads, readEverywhere, textInAnyOrder } from "./read-everywhere.ts";

const READS: EverywhereReads = {
  keys: ["x", "y"],
  nodeCount: 3,
};

/** What is asked of a store whose node answers this at this time. */
function reads(
  answer: (node: number, key: unknown, timeNs: number) => number | "fail",
  { concurrency = 6, ...more }: Partial<Simulation> & Partial<EverywhereReads> = {},
): readonly GeneratorEvent[] {
  const generator = timeLimit(20_000 * NS_PER_MS, readEverywhere({ ...READS, ...more }));
  return simulate(generator, {
    concurrency,
    seed: 1,
    complete: ({ thread, key, timeNs }, random) => {
      const value = answer((thread as number) % 3, key, timeNs);
      const latencyNs = random.int(NS_PER_MS);
      return value === "fail" ? { type: "fail", latencyNs } : { type: "ok", latencyNs, value };
    },
    ...more,
  });
}

const invoked = (events: readonly GeneratorEvent[]) =>
  events
    .filter(({ type }) => type === "invoke")
    .map(({ thread, key }) => `${key} at ${(thread as number) % 3}`)
    .sort();

describe("final reads everywhere", () => {
  test("ask every node for every key, and once more a second later, where they agree at once", () => {
    const once = ["x at 0", "x at 1", "x at 2", "y at 0", "y at 1", "y at 2"];
    const events = reads(() => 1);
    expect(invoked(events)).toEqual([...once, ...once].sort());
    const starts = events.filter(({ type }) => type === "invoke").map(({ timeNs }) => timeNs);
    expect(Math.max(...starts)).toBeGreaterThanOrEqual(1_000 * NS_PER_MS);
    expect(Math.max(...starts)).toBeLessThan(1_100 * NS_PER_MS);
  });

  test("do not end with what nodes agree on by chance and for a moment", () => {
    const untilNs = 900 * NS_PER_MS;
    const events = reads((_node, _key, timeNs) => (timeNs < untilNs ? 99 : 102));
    expect(events.findLast(({ type }) => type === "ok")?.value).toBe(102);
    const last = events.findLast(({ type }) => type === "invoke");
    expect(last?.timeNs).toBeGreaterThan(untilNs + 1_000 * NS_PER_MS);
  });

  test.prop([fc.integer({ min: 1, max: 12 }), fc.nat(1_000), fc.integer({ min: 0, max: 30 })])(
    "go on until all agree, whoever is late",
    (concurrency, seed, count) => {
      const lateNs = 700 * NS_PER_MS;
      const keys = Array.from({ length: count }, (_, at) => `k${at}`);
      const events = reads((node, key, timeNs) => (node === 1 && key !== "k0" && timeNs < lateNs ? 0 : 1), {
        concurrency,
        seed,
        keys,
      });
      const last = new Map<string, unknown>();
      for (const { type, thread, key, value } of events) {
        if (type === "ok") last.set(`${key} at ${(thread as number) % 3}`, value);
      }
      expect(last.size).toBe(count * Math.min(3, concurrency));
      expect(new Set(last.values()).size).toBeLessThanOrEqual(1);
    },
  );

  test("ask again only for keys that differ, or that some node did not answer", () => {
    const late = reads((node, key, timeNs) => (key === "y" && node === 0 && timeNs < 10 * NS_PER_MS ? 0 : 1));
    expect(invoked(late).filter((each) => each.startsWith("x"))).toHaveLength(6);
    expect(invoked(late).filter((each) => each.startsWith("y"))).toHaveLength(9);
    const silent = reads((node, key, timeNs) =>
      key === "y" && node === 0 && timeNs < 10 * NS_PER_MS ? "fail" : 1,
    );
    expect(invoked(silent)).toEqual(invoked(late));
  });

  test("of a store that never agrees are asked about once a second, until time is up", () => {
    const events = reads((node) => node);
    const starts = events.filter(({ type }) => type === "invoke").map(({ timeNs }) => timeNs);
    expect(starts.length / 6).toBeGreaterThan(20);
    expect(starts.length / 6).toBeLessThan(30);
  });

  test("compare as they are told to", () => {
    const parity = { textOf: (value: unknown) => String((value as number) % 2) };
    expect(invoked(reads((node) => 2 * node, parity))).toHaveLength(12);
  });

  test("of sets are the same for the same elements, in whatever order a node has them", () => {
    expect(textInAnyOrder([1, 10, 2])).toBe(textInAnyOrder([10, 2, 1]));
    expect(textInAnyOrder([1, 2])).not.toBe(textInAnyOrder([1, 2, 2]));
    expect(textInAnyOrder([1])).not.toBe(textInAnyOrder(["1"]));
  });

  test("of nothing, or by nobody, are none", () => {
    expect(reads(() => 1, { keys: [] })).toEqual([]);
    const after = sequence(readEverywhere({ ...READS, keys: [] }), operation({ f: "next" }));
    expect(
      simulate(after, { concurrency: 1, seed: 1, complete: () => ({ type: "ok", latencyNs: 1 }) }),
    ).toHaveLength(2);
  });
});
