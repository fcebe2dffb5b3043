import { describe, expect, it } from "vitest";
import { NS_PER_S } from "../../../harness/clock/duration.ts";
import type { Json } from "../../../harness/history/operation.ts";
import type { StepObserver } from "../simulated-program.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { keysNotLinearizable } from "../testing/linearizable.ts";
import { seeds } from "../testing/seeds.ts";
import { sharded } from "./sharded.ts";
import type { State } from "./sharded-state.ts";

describe("sharded", () => {
  const evidence = evidenceBeyond({ acknowledged: 60, handovers: 2, configurations: 1 });
  const modes = [{}, { group: "primary-queue" }, { route: "node" }, { "group-size": "2" }];

  it.each(seeds(8))(
    "seed %i: stays linearizable and comes back, whatever strikes, while partitions move",
    async (seed) => {
      const watch = handoverInvariants();
      const options = modes[seed % modes.length] as (typeof modes)[number];
      const run = await chaosRun({
        protocol: sharded,
        seed,
        options,
        nodes: 6,
        loadMs: 6_000,
        observe: watch.observe as StepObserver<State, Json>,
      });
      expect(keysNotLinearizable(run.operations)).toEqual([]);
      expect(run.recoveryNs).toBeLessThan(10 * NS_PER_S);
      evidence.count(run, { handovers: watch.handovers.size, configurations: watch.serving.size });
    },
    60_000,
  );

  it("saw enough on the way to mean something", () => {
    expect(evidence.lacking()).toEqual([]);
  });
});

/**
 * Watches that what is handed over is final, the same at every replica whenever one looks, and that by one
 * configuration no two groups serve a partition.
 */
function handoverInvariants() {
  const handovers = new Map<string, string>();
  const serving = new Map<string, number>();
  const observe: StepObserver<State, Json> = ({ node, state: { partitions, group, layout } }) => {
    const { number } = partitions.configuration;
    for (const { handover } of partitions.settled ? [] : partitions.offers()) {
      const name = `${handover.partition} by ${number}`;
      const held = JSON.stringify(handover.data);
      const before = handovers.get(name) ?? held;
      if (before !== held) throw new Error(`${node} hands over ${name} another way: ${before} and ${held}`);
      handovers.set(name, held);
    }
    for (let partition = 0; partition < layout.shape.partitions; partition++) {
      if (partitions.statusOf(partition) !== "serving") continue;
      const name = `${partition} by ${number}`;
      const before = serving.get(name) ?? group;
      if (before !== group) throw new Error(`groups ${before} and ${group} both serve ${name}`);
      serving.set(name, group);
    }
  };
  return { observe, handovers, serving };
}
