import { describe, expect, test } from "vitest";
import type { CheckResult } from "../harness/ports/index.ts";
import { renderReport } from "./report.ts";
import { invalidVerdict, manifest, unknownVerdict, validVerdict } from "./testing/samples.ts";

const ofRun = { path: "assay-results/latest", manifest };
const ofFile = { path: "history.jsonl", manifest: undefined };

describe("the report of a run", () => {
  test("that came out valid", () => {
    expect(renderReport(validVerdict, ofRun)).toMatchInlineSnapshot(`
      "VALID: every client saw a linearizable cas-register
        reference-store (raft), 3 nodes, workload register, 20 s under partition, kill, seed 42
        103 operations

      Operations                  ok     fail     info
        load read                 50        1        0
        load write                45        3        1
          4 not-leader, 1 timeout
        recovery read              3        0        0

      Faults
        ok before the first: 8 read, 2 write
        2.000 s … 3.500 s      partition     15 ok during  4 links blocked; 412 packets dropped
        4.000 s … 4.250 s      kill           0 ok during  NO EFFECT kill failed: no such node

      Run folder: assay-results/latest
      "
    `);
  });

  test("that was interrupted and proved too little", () => {
    expect(renderReport(unknownVerdict, ofRun)).toMatchInlineSnapshot(`
      "UNKNOWN: it cannot be said whether this is linearizable (cas-register)
        reference-store (raft), 3 nodes, workload register, 20 s under partition, kill, seed 42
        100 operations, interrupted

      Undecided (linearizable, budget-time)
        undecided after 60 s:
        key k3 of 12

      Undecided (evidence, no-recovery)
        the run ended before the faults were healed
        → let it end

      Operations                  ok     fail     info
        load read                 50        1        0
        load write                45        3        1
          4 not-leader, 1 timeout

      Run folder: assay-results/latest
      "
    `);
  });

  test("says when a fault was that was over in a moment, and not for how long", () => {
    const { evidence } = validVerdict;
    const [first] = evidence?.faults ?? [];
    const faults = first === undefined ? [] : [{ ...first, kind: "leadership", momentary: true as const }];
    const told = renderReport({ ...validVerdict, evidence: evidence && { ...evidence, faults } }, ofRun);
    expect(told).toContain("  2.000 s                leadership    15 ok during  4 links blocked");
  });

  test("that came out valid, with something to say about it", () => {
    const remark = { code: "unobservable", message: "nothing can violate this alone" };
    const [first] = validVerdict.checks as [CheckResult];
    const report = renderReport({ ...validVerdict, checks: [{ ...first, reasons: [remark] }] }, ofRun);
    expect(report).toContain("\nNote (linearizable, unobservable)\n  nothing can violate this alone\n");
    expect(report).not.toContain("Undecided");
  });

  test("without faults, against a target without protocols", () => {
    const plain = { ...manifest, target: "etcd", targetOptions: {}, faults: [], timeLimitNs: 500_000_000 };
    expect(renderReport(unknownVerdict, { ...ofRun, manifest: plain })).toContain(
      "etcd, 3 nodes, workload register, 0.5 s under no faults, seed 42",
    );
  });
});

describe("the report of a file", () => {
  test("names a consistency model with its article", () => {
    expect(renderReport({ ...validVerdict, consistency: "eventual" }, ofFile)).toContain("saw an eventual ");
  });

  test("has what was measured, the largest of each kind", () => {
    const measures = [
      { name: "time to converge", unit: "ms", key: "x", node: "n1", value: 2 },
      { name: "time to converge", unit: "ms", key: "y", node: "n2", value: 7.500_04 },
      { name: "staleness", unit: "versions", value: 3 },
    ] as const;
    const checks = validVerdict.checks.map((check) => ({ ...check, measures }));
    expect(renderReport({ ...validVerdict, checks: checks.slice(0, 1) }, ofFile)).toContain(
      "Measured\n  time to converge: at most 7.5 ms (key y at n2)\n  staleness: at most 3 versions\n",
    );
  });

  test("that came out invalid tells three anomalies and how many there are more", () => {
    expect(renderReport(invalidVerdict, ofFile)).toMatchInlineSnapshot(`
      "INVALID: what clients saw is not linearizable (cas-register)
        103 operations

      Anomaly: nonlinearizable, key k0
        read 1 saw 7,
        which nobody had written

      Anomaly: nonlinearizable, key k1
        read 1 saw 7,
        which nobody had written

      Anomaly: nonlinearizable, key k2
        read 1 saw 7,
        which nobody had written

      and 2 more anomalies, shown by --json

      Operations                  ok     fail     info
        load read                 50        1        0
        load write                45        3        1
          4 not-leader, 1 timeout

      Warnings
        line 12: the time goes back by 5 ns

      History: history.jsonl
      "
    `);
  });

  test("counts one more anomaly as one, and knows where a run keeps it", () => {
    const checks = invalidVerdict.checks.map((check) => ({ ...check, anomalies: check.anomalies.slice(1) }));
    const report = renderReport({ ...invalidVerdict, checks }, ofRun);
    expect(report).toContain("\nand 1 more anomaly, in verdict.json\n");
  });

  test("says nothing of a run", () => {
    expect(renderReport({ ...validVerdict, evidence: null }, ofFile)).not.toMatch(
      /nodes|seed|Faults|Run folder/,
    );
  });
});
