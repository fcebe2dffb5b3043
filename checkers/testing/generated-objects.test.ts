import { describe, expect, test } from "vitest";
import { linearizable } from "../linearizable/linearizable.ts";
import { models } from "../models/index.ts";
import { type GeneratedShape, generatedHistory } from "./generated-history.ts";
import { type GeneratedKind, generatedKinds } from "./generated-objects.ts";
import { historyOf } from "./history-of.ts";

const kinds: [string, GeneratedKind][] = Object.entries(generatedKinds);

/** Small, so that a checker that has to try much gives up soon; then at least nothing wrong is said. */
const MEMORY_BYTES = 2 ** 22;

describe.each(kinds)("generated histories of a %s", (_name, { model, create }) => {
  const check = (shape: Omit<GeneratedShape, "operations">) => {
    const events = [...generatedHistory(create(), { ...shape, operations: 400 })];
    expect(events.filter(({ type }) => type === "invoke")).toHaveLength(400);
    expect(events.filter(({ type }) => type === "info")).toHaveLength(shape.crashed ?? 0);
    const budget = { timeMs: 1, memoryBytes: MEMORY_BYTES };
    return linearizable(models[model].create()).check(historyOf(events), { budget, nowMs: () => 0 }).validity;
  };
  const shapes = [0, 3].flatMap((crashed) => [0, 1, 2].map((seed) => ({ crashed, seed, clients: 5 })));

  test("have an order, where no violation was asked for", () => {
    expect(shapes.map(check)).not.toContain("invalid");
    expect(check({ seed: 0, clients: 1 })).toBe("valid");
  });

  test.each(["middle", "end"] as const)("have none, with a violation in the %s", (violation) => {
    expect(shapes.map((shape) => check({ ...shape, violation }))).not.toContain("valid");
  });
});
