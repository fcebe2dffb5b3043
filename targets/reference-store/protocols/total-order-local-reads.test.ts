import { describe, expect, it } from "vitest";
import { NS_PER_S } from "../../../harness/clock/duration.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { keysNotLinearizable } from "../testing/linearizable.ts";
import { oneNode, repliesIn, request } from "../testing/one-node.ts";
import { seeds } from "../testing/seeds.ts";
import { sequentialWitness } from "../testing/sequential-witness.ts";
import { totalOrderLocalReads } from "./total-order-local-reads.ts";
import { messagesInOrder, type TotalOrderState } from "./total-order-multicast.ts";

const read = request("read", null);

describe("total-order-local-reads", () => {
  it("answers reads at once, from what it has delivered", () => {
    const { ask, hear } = oneNode(totalOrderLocalReads, { id: "n1", nodes: ["n1", "n2"] });
    ask(request("write", 1, { client: "c2" }));
    expect(repliesIn(ask(read))).toEqual([{ type: "ok", value: null }]);
    hear("n2", { type: "Acknowledge", upTo: 1, time: 1, issued: 0 });
    expect(repliesIn(ask(read))).toEqual([{ type: "ok", value: 1 }]);
  });

  it("delivers again, when it starts again, what it had delivered", () => {
    const log = [1, 2].map((time) => ({ time, request: request("write", time, { sequence: time }) }));
    const disk = {
      records: new Map(Object.entries({ time: 2, delivered: 1 })),
      logs: new Map([["n1", log]]),
    };
    expect(repliesIn(oneNode(totalOrderLocalReads, { id: "n1", disk }).ask(read))).toEqual([
      { type: "ok", value: 1 },
    ]);
  });

  const evidence = evidenceBeyond({ faults: 8, operations: 80 });

  it.each(seeds(20))(
    "seed %i: has one order of all operations that keeps each process's order, and comes back, whatever strikes",
    async (seed) => {
      const witness = sequentialWitness<TotalOrderState>({
        applied: ({ delivered }) => delivered,
        sequence: ({ logs, delivered }) => messagesInOrder(logs).slice(0, delivered),
      });
      const run = await chaosRun({ protocol: totalOrderLocalReads, seed, observe: witness.observe });
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
      const setup = { faults: false, clients: 10, loadMs: 400, restMs: 5, keys: 2 };
      const run = await chaosRun({ protocol: totalOrderLocalReads, seed, ...setup });
      if (keysNotLinearizable(run.operations).length > 0) violated++;
    }
    expect(violated / seeds(20).length).toBeGreaterThan(0.5);
  }, 60_000);
});
