import { expect, test } from "vitest";
import type { ChaosRun } from "./chaos-run.ts";
import { evidenceBeyond } from "./evidence.ts";

const run = (effectiveFaults: number): ChaosRun => ({
  operations: [],
  effectiveFaults,
  recoveryNs: 0,
  messages: 0,
});

test("is enough where the mean of all runs is beyond each bound", () => {
  const evidence = evidenceBeyond({ faults: 2, views: 0 });
  evidence.count(run(5), { views: 0 });
  evidence.count(run(1), { views: 1 });
  expect(evidence.lacking()).toEqual([]);
});

test("lacks what only reaches its bound, what nobody told of, and all where there was no run", () => {
  const evidence = evidenceBeyond({ faults: 2, views: 0, acknowledged: 1 });
  evidence.count(run(2));
  expect(evidence.lacking()).toEqual([
    "2 faults a run, which is not more than 2",
    "0 views a run, which is not more than 0",
    "0 acknowledged a run, which is not more than 1",
  ]);
  expect(evidenceBeyond({ faults: 0 }).lacking()).toHaveLength(1);
});
