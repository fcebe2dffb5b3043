import { describe, expect, test } from "vitest";
import { coverageObserver } from "./coverage.ts";
import type { Effect } from "./frame.ts";

const step = { node: "n1", timeNs: 0, effects: [] as Effect<never>[] };

function coveredBy(protocol: Parameters<typeof coverageObserver<string>>[0]): string[] {
  const covered: string[] = [];
  const observe = coverageObserver(protocol, { covered: (state) => covered.push(state) });
  observe?.({ ...step, state: "s" });
  observe?.({ ...step, state: "s", event: { type: "message", from: "n2", message: { type: "Vote" } } });
  observe?.({ ...step, state: "t", event: { type: "message", from: "n2", message: 7 } });
  observe?.({ ...step, state: "t", event: { type: "timer", name: "election" } });
  return covered;
}

describe("what a run covers", () => {
  test("is the phase of a node with what it handled in it", () => {
    expect(coveredBy({ phase: (state) => `phase ${state}` })).toEqual([
      "phase s: start",
      "phase s: Vote",
      "phase t: message",
      "phase t: election",
    ]);
  });

  test("is whether a node leads, where the protocol has no phases", () => {
    expect(coveredBy({ leads: (state) => state === "s" })).toEqual([
      "leads: start",
      "leads: Vote",
      "runs: message",
      "runs: election",
    ]);
  });

  test("is not asked for where nobody counts it", () => {
    expect(coverageObserver({}, undefined)).toBeUndefined();
    expect(coverageObserver({}, { trace: () => {} })).toBeUndefined();
  });
});
