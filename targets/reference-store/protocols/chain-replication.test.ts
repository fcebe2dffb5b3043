import { describe, expect, it } from "vitest";
import { NS_PER_S } from "../../../harness/clock/duration.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { keysNotLinearizable } from "../testing/linearizable.ts";
import { oneNode, repliesIn, request, sentTo } from "../testing/one-node.ts";
import { seeds } from "../testing/seeds.ts";
import { chainReplication } from "./chain-replication.ts";

const write = request("write", 1);
const read = request("read", null, { client: "c2" });
const update = { origin: "n2", request: write };

describe("chain-replication", () => {
  it("sends updates to the head, queries to the tail", () => {
    const { ask } = oneNode(chainReplication, { id: "n2" });
    expect(sentTo(ask(write), "n1")).toEqual([{ type: "Request", request: write }]);
    expect(sentTo(ask(read), "n3")).toEqual([{ type: "Query", origin: "n2", request: read }]);
  });

  it("forwards to the successor alone, once it is durable", () => {
    const head = oneNode(chainReplication, { id: "n1" }).hear("n2", { type: "Request", request: write });
    expect(head.map((effect) => effect.type)).toEqual(["append", "sync", "send", "set-timer"]);
    expect(sentTo(head, "n2")).toEqual([{ type: "Forward", first: 1, updates: [update] }]);
    const middle = oneNode(chainReplication, { id: "n2" });
    const forwarded = middle.hear("n1", { type: "Forward", first: 1, updates: [update] });
    expect(sentTo(forwarded, "n3")).toEqual([{ type: "Forward", first: 1, updates: [update] }]);
    expect(sentTo(forwarded, "n1")).toEqual([{ type: "Acknowledge", upTo: 1 }]);
  });

  it("answers at the tail, an update when it is processed and a query at once", () => {
    const { hear, ask } = oneNode(chainReplication, { id: "n3" });
    expect(sentTo(hear("n2", { type: "Query", origin: "n2", request: write }), "n2")).toEqual([]);
    expect(sentTo(hear("n2", { type: "Forward", first: 1, updates: [update] }), "n2")).toEqual([
      { type: "Reply", client: "c1", sequence: 1, reply: { type: "ok", value: 1 } },
      { type: "Acknowledge", upTo: 1 },
    ]);
    expect(repliesIn(ask(read))).toEqual([{ type: "ok", value: 1 }]);
  });

  it("orders an update once, and has the tail answer one that comes again", () => {
    const { hear, state } = oneNode(chainReplication, { id: "n1" });
    hear("n2", { type: "Request", request: write });
    expect(sentTo(hear("n2", { type: "Request", request: write }), "n3")).toEqual([
      { type: "Query", origin: "n2", request: write },
    ]);
    expect(state.history).toHaveLength(1);
  });

  const evidence = evidenceBeyond({ faults: 8, acknowledged: 60 });

  it.each(seeds(20))(
    "seed %i: each history begins with its successor's, the store stays linearizable and comes back",
    async (seed) => {
      const histories = new Map<
        string,
        readonly { readonly request: { client: string; sequence: number } }[]
      >();
      const run = await chaosRun({
        protocol: chainReplication,
        seed,
        nodes: seed % 3 === 0 ? 3 : 5,
        observe: ({ state: { id, history, predecessor } }) => {
          histories.set(id, history);
          const before = histories.get(predecessor ?? id) ?? history;
          expect(history.length).toBeLessThanOrEqual(before.length);
          expect(history.at(-1)).toEqual(before[history.length - 1]);
        },
      });
      expect(keysNotLinearizable(run.operations)).toEqual([]);
      expect(run.recoveryNs).toBeLessThan(5 * NS_PER_S);
      evidence.count(run);
    },
    60_000,
  );

  it("saw enough on the way to mean something", () => {
    expect(evidence.lacking()).toEqual([]);
  });
});
