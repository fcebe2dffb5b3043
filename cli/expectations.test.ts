import { describe, expect, test } from "vitest";
import { manifest } from "../results/testing/samples.ts";
import { expectationsOf } from "./expectations.ts";

describe("what a run set out to do", () => {
  test("is to inject its faults, run its workload's operations, and recover", () => {
    expect(expectationsOf(manifest)).toEqual({
      faultKinds: ["partition", "kill"],
      operations: { read: { hasEffect: false }, write: { hasEffect: true }, cas: { hasEffect: true } },
      recovery: true,
    });
  });

  test("is to run those operations alone that its options ask for", () => {
    const { operations } = expectationsOf({ ...manifest, workloadOptions: { cas: "no" } });
    expect(Object.keys(operations)).toEqual(["read", "write"]);
  });

  test("is no recovery where it was interrupted on purpose", () => {
    expect(
      expectationsOf({ ...manifest, end: { interrupted: true, environmentProblem: null } }).recovery,
    ).toBe(false);
  });

  test("is no fault where none was asked for", () => {
    expect(expectationsOf({ ...manifest, faults: [] }).faultKinds).toEqual([]);
  });

  test("cannot be known where its workload is not known here", () => {
    expect(() => expectationsOf({ ...manifest, workload: "bank" })).toThrow(
      expect.objectContaining({ name: "UsageError", code: "unknown-workload" }),
    );
  });
});
