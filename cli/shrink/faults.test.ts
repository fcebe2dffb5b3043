import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { Random } from "../../harness/clock/index.ts";
import { faults as kinds, planSchedule } from "../../nemesis/index.ts";
import { endedAt, faultsOf, scheduleOf } from "./faults.ts";

const requests = Object.values(kinds).map((fault) => ({
  fault,
  variants: Object.keys(fault.variants).filter((name) => fault.variants[name]?.onRequest !== true),
}));
const undoOf = (kind: string) => kinds[kind]?.undo ?? kind;

const schedule = fc.nat(10_000).map((seed) =>
  planSchedule({
    requests,
    nodes: ["n1", "n2", "n3", "n4", "n5"],
    random: new Random(seed),
    timeLimitNs: 10_000,
    afterNs: 100,
    intervalNs: 700,
  }),
);

describe("a schedule", () => {
  test.prop([schedule])("is its faults, each with its beginning and its end", (steps) => {
    const again = scheduleOf(faultsOf(steps));
    const withoutNumber = (each: typeof steps) =>
      each.map(({ timeNs, f, value: { kind, plan } }) => ({ timeNs, f, kind, plan }));
    expect(withoutNumber(again)).toEqual(withoutNumber(steps));
    expect(faultsOf(again).map(({ inject }) => inject.value.fault)).toEqual(
      faultsOf(again).map((_, at) => at),
    );
  });

  test.prop([schedule, fc.integer({ min: 100, max: 12_000 })])(
    "that is ended takes back then whatever still lasts, and begins nothing more",
    (steps, timeNs) => {
      const ended = endedAt(steps, timeNs, undoOf);
      for (const { inject, undo } of faultsOf(ended)) {
        expect(inject.timeNs).toBeLessThan(timeNs);
        if (inject.value.momentary) continue;
        expect(undo?.f).toBe(undoOf(inject.value.kind));
        expect(undo?.timeNs).toBeLessThanOrEqual(timeNs);
      }
      expect(faultsOf(ended)).toHaveLength(
        faultsOf(steps).filter(({ inject }) => inject.timeNs < timeNs).length,
      );
    },
  );
});
