import { describe, expect, it } from "vitest";
import { NS_PER_S } from "../../../harness/clock/duration.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { keysNotLinearizable } from "../testing/linearizable.ts";
import { raftInvariants } from "../testing/raft-invariants.ts";
import { seeds } from "../testing/seeds.ts";
import { raft } from "./raft.ts";

describe("raft under kills, pauses, partitions, wrong clocks, loss, duplication and operators", () => {
  const evidence = {
    runs: 0,
    faults: 0,
    terms: 0,
    entries: 0,
    acknowledged: 0,
    snapshots: 0,
    installed: 0,
    configurations: 0,
    transfers: 0,
  };

  it.each(seeds(30))(
    "seed %i: keeps its invariants, stays linearizable, and comes back",
    async (seed) => {
      const watch = raftInvariants();
      const run = await chaosRun({
        protocol: raft,
        seed,
        nodes: [5, 3, 4][seed % 3] as number,
        clocks: true,
        options: {
          reads: seed % 2 === 0 ? "lease" : "quorum",
          "pre-vote": seed % 5 < 2 ? "no" : "yes",
          "snapshot-every": String(1 + (seed % 10)),
        },
        observe: watch.observe,
      });
      expect(keysNotLinearizable(run.operations)).toEqual([]);
      expect(run.recoveryNs).toBeLessThan(5 * NS_PER_S);
      evidence.runs++;
      evidence.faults += run.effectiveFaults;
      evidence.terms += watch.leaders.size;
      evidence.entries += watch.committed.length;
      evidence.acknowledged += run.operations.filter((operation) => operation.type === "ok").length;
      evidence.snapshots += watch.snapshots.size;
      evidence.installed += watch.seen.installed;
      evidence.configurations += watch.configurations.size;
      evidence.transfers += watch.seen.transfers;
    },
    60_000,
  );

  it("saw enough on the way to mean something", () => {
    expect(evidence.faults / evidence.runs).toBeGreaterThan(8);
    expect(evidence.terms / evidence.runs).toBeGreaterThan(3);
    expect(evidence.entries / evidence.runs).toBeGreaterThan(50);
    expect(evidence.acknowledged / evidence.runs).toBeGreaterThan(80);
    expect(evidence.snapshots / evidence.runs).toBeGreaterThan(5);
    expect(evidence.installed / evidence.runs).toBeGreaterThan(3);
    expect(evidence.configurations / evidence.runs).toBeGreaterThan(2);
    expect(evidence.transfers / evidence.runs).toBeGreaterThan(0.5);
  });
});
