import { describe, expect, it } from "vitest";
import { NS_PER_S } from "../../../harness/clock/duration.ts";
import { FORWARD } from "../forwarded-requests.ts";
import { FEED } from "../log-feed.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { keysNotLinearizable } from "../testing/linearizable.ts";
import { oneNode, repliesIn, request, sentTo } from "../testing/one-node.ts";
import { seeds } from "../testing/seeds.ts";
import { primaryQueue } from "./primary-queue.ts";

const write = request("write", 1);
const read = request("read", null, { client: "c2" });

describe("primary-queue", () => {
  it("answers, reads too, when a majority holds the queue up to there", () => {
    const { ask, hear } = oneNode(primaryQueue, { id: "n1", nodes: ["n1", "n2", "n3", "n4", "n5"] });
    expect(repliesIn([...ask(write), ...ask(read)])).toEqual([]);
    expect(repliesIn(hear("n2", { type: "Acknowledge", upTo: 2 }))).toEqual([]);
    expect(repliesIn(hear("n3", { type: "Acknowledge", upTo: 1 }))).toEqual([{ type: "ok", value: 1 }]);
    expect(repliesIn(hear("n3", { type: "Acknowledge", upTo: 2 }))).toEqual([{ type: "ok", value: 1 }]);
  });

  it("makes the queue durable before anybody hears of it", () => {
    const kinds = oneNode(primaryQueue, { id: "n1" })
      .ask(write)
      .map((effect) => effect.type);
    expect(kinds.indexOf("sync")).toBeGreaterThan(kinds.indexOf("append"));
    expect(kinds.indexOf("send")).toBeGreaterThan(kinds.indexOf("sync"));
  });

  it("gives a request that is submitted again neither a second place nor another answer", () => {
    const { hear, state } = oneNode(primaryQueue, { id: "n1" });
    for (let i = 0; i < 2; i++) hear("n2", { type: "Submit", request: write });
    const done = { type: "Done", client: "c1", sequence: 1, reply: { type: "ok", value: 1 } };
    expect(sentTo(hear("n3", { type: "Acknowledge", upTo: 1 }), "n2")).toContainEqual(done);
    expect(sentTo(hear("n2", { type: "Submit", request: write }), "n2")).toEqual([done]);
    expect(state.log).toHaveLength(1);
  });

  it("asks a replica that lacks more than it was sent where to begin", () => {
    const queued = { origin: "n1", request: write };
    const replica = oneNode(primaryQueue, { id: "n2" });
    const behind = replica.hear("n1", { type: "Replicate", first: 2, requests: [queued] });
    expect(sentTo(behind, "n1")).toEqual([{ type: "Behind", upTo: 0 }]);
    const disk = { records: new Map(), logs: new Map([["queue", [queued, queued]]]) };
    const { hear, fire } = oneNode(primaryQueue, { id: "n1", disk });
    expect(sentTo(hear("n2", { type: "Behind", upTo: 0 }), "n2")).toMatchObject([{ first: 1 }]);
    expect(sentTo(fire(FEED), "n2")).toMatchObject([{ first: 1 }]);
  });

  it("tells the client of a node that cannot reach the primary, and leaves the effect in doubt", () => {
    const { ask, fire } = oneNode(primaryQueue, { id: "n2" });
    expect(sentTo(ask(write), "n1")).toEqual([{ type: "Submit", request: write }]);
    for (let i = 0; i < 3; i++) expect(sentTo(fire(FORWARD), "n1")).toHaveLength(1);
    expect(repliesIn(fire(FORWARD))).toMatchObject([{ type: "error", code: "unreachable", definite: false }]);
  });

  const evidence = evidenceBeyond({ faults: 8, acknowledged: 60, unreachable: 5 });

  it.each(seeds(20))(
    "seed %i: stays linearizable and comes back, whatever strikes",
    async (seed) => {
      const run = await chaosRun({ protocol: primaryQueue, seed, nodes: seed % 3 === 0 ? 3 : 5 });
      expect(keysNotLinearizable(run.operations)).toEqual([]);
      expect(run.recoveryNs).toBeLessThan(5 * NS_PER_S);
      const unreachable = run.operations.filter(({ errorCode }) => errorCode === "unreachable").length;
      evidence.count(run, { unreachable });
    },
    60_000,
  );

  it("saw enough on the way to mean something, and lost availability for it", () => {
    expect(evidence.lacking()).toEqual([]);
  });
});
