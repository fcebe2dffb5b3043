import { describe, expect, it } from "vitest";
import { NS_PER_S } from "../../../harness/clock/duration.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { keysNotLinearizable } from "../testing/linearizable.ts";
import { seeds } from "../testing/seeds.ts";
import { sequentialWitness } from "../testing/sequential-witness.ts";
import { type PrimaryState, primaryLocalReads } from "./primary-local-reads.ts";

describe("primary-local-reads", () => {
  const evidence = evidenceBeyond({ faults: 8, operations: 80 });

  it.each(seeds(30))(
    "seed %i: has one order of all operations that keeps each process's order, and comes back, whatever strikes",
    async (seed) => {
      const witness = sequentialWitness<PrimaryState>({
        applied: ({ log }) => log.length,
        sequence: ({ log }) => log,
      });
      const run = await chaosRun({ protocol: primaryLocalReads, seed, observe: witness.observe });
      const operations = witness.verify(run.operations);
      expect(run.recoveryNs).toBeLessThan(5 * NS_PER_S);
      evidence.count(run, { operations });
    },
    60_000,
  );

  it("saw enough on the way to mean something", () => {
    expect(evidence.lacking()).toEqual([]);
  });

  it("is not linearizable, for most seeds, even without a fault", async () => {
    let violated = 0;
    for (const seed of seeds(20)) {
      const run = await chaosRun({
        protocol: primaryLocalReads,
        seed,
        faults: false,
        clients: 10,
        loadMs: 400,
        restMs: 5,
        keys: 2,
      });
      if (keysNotLinearizable(run.operations).length > 0) violated++;
    }
    expect(violated / seeds(20).length).toBeGreaterThan(0.5);
  }, 60_000);
});
