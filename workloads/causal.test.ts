import { describe, expect, test } from "vitest";
import { Random } from "../harness/clock/index.ts";
import { limit, perfect, simulate } from "../harness/generator/index.ts";
import { type OptionValues, resolveOptions } from "../harness/ports/index.ts";
import { causal } from "./causal.ts";

const SETUP = { nodes: ["n1", "n2", "n3"], concurrency: 6, random: new Random(1) };

function generators(given: OptionValues = {}) {
  return causal.generators({ ...SETUP, options: resolveOptions("causal", causal.options, given) });
}

function load(count: number, given: OptionValues = {}) {
  const events = simulate(limit(count, generators(given).load), {
    concurrency: 6,
    seed: 1,
    complete: perfect,
  });
  return events.filter(({ type }) => type === "invoke");
}

describe("the workload causal", () => {
  test("writes every value once", () => {
    const values = load(2_000)
      .filter(({ f }) => f === "write")
      .map(({ value }) => value);
    expect(values.length).toBeGreaterThan(500);
    expect(new Set(values).size).toBe(values.length);
  });

  test("lets every client read and write every key, so that chains lead over several keys and clients", () => {
    const seen = new Set(
      load(600, { "ops-per-round": "0" }).map(({ process, f, key }) => `${process} ${f} ${key}`),
    );
    expect(seen.size).toBe(6 * 2 * 3);
  });

  test("turns to fresh keys, each client once its share of the round is done", () => {
    const keys = load(100, { keys: "2", "ops-per-round": "50" }).map(({ key }) => key);
    expect(new Set(keys.slice(0, 30))).toEqual(new Set(["k0", "k1"]));
    expect(keys.slice(70)).not.toContain("k0");
  });

  test("reads every key at the end", () => {
    const events = simulate(generators().recovery(["k0", "k1"]), {
      concurrency: 6,
      seed: 1,
      complete: perfect,
    });
    const reads = events.filter(({ type, f }) => type === "invoke" && f === "read");
    expect(new Set(reads.map(({ key }) => key))).toEqual(new Set(["k0", "k1"]));
  });
});
