import { describe, expect, it } from "vitest";
import { NS_PER_S } from "../../../harness/clock/duration.ts";
import { causalWitness } from "../testing/causal-witness.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { oneNode, repliesIn, request, sentTo } from "../testing/one-node.ts";
import { seeds } from "../testing/seeds.ts";
import {
  type BroadcastMessage,
  type BroadcastState,
  causalBroadcast,
  type TimestampedWrite,
} from "./causal-broadcast.ts";

const read = request("read", null);

function update(origin: string, value: number, time: number, after = {}): BroadcastMessage {
  const body: TimestampedWrite = { key: "x", value, timestamp: [time, origin] };
  return { type: "Updates", entries: [{ origin, number: 1, after, body }] };
}

describe("causal-broadcast", () => {
  it("answers at once, and tells the others when the write is durable", () => {
    const effects = oneNode(causalBroadcast, { id: "n1" }).ask(request("write", 1));
    expect(effects.map((effect) => effect.type)).toEqual(["append", "sync", "send", "send", "reply"]);
  });

  it("delivers a write after those that its process had delivered before", () => {
    const { ask, hear } = oneNode(causalBroadcast, { id: "n1" });
    hear("n3", update("n3", 2, 2, { n2: 1 }));
    expect(repliesIn(ask(read))).toEqual([{ type: "ok", value: null }]);
    hear("n2", update("n2", 1, 1));
    expect(repliesIn(ask(read))).toEqual([{ type: "ok", value: 2 }]);
  });

  it("ends with the last of concurrent writes, in whatever order they come", () => {
    const arrivals = [update("n2", 2, 1), update("n3", 3, 1)];
    for (const order of [arrivals, arrivals.toReversed()]) {
      const { ask, hear } = oneNode(causalBroadcast, { id: "n1" });
      for (const message of order) hear("n2", message);
      expect(repliesIn(ask(read))).toEqual([{ type: "ok", value: 3 }]);
    }
  });

  it("sends whoever tells what it has what it lacks", () => {
    const { ask, hear } = oneNode(causalBroadcast, { id: "n1" });
    ask(request("write", 1));
    expect(sentTo(hear("n2", { type: "Digest", clock: { n1: 1 } }), "n2")).toEqual([]);
    expect(sentTo(hear("n2", { type: "Digest", clock: {} }), "n2")).toMatchObject([
      { type: "Updates", entries: [{ origin: "n1", number: 1 }] },
    ]);
  });

  const evidence = evidenceBeyond({ faults: 8, operations: 80 });

  it.each(seeds(20))(
    "seed %i: shows every client its causal past and comes back, whatever strikes",
    async (seed) => {
      const witness = causalWitness<BroadcastState, TimestampedWrite>({
        write: (body) => body,
        givesWay: ({ body: { timestamp } }, { body: { timestamp: other } }) =>
          timestamp[0] < other[0] || (timestamp[0] === other[0] && timestamp[1] < other[1]),
      });
      const run = await chaosRun({ protocol: causalBroadcast, seed, observe: witness.observe });
      const operations = witness.verify(run.operations);
      expect(run.recoveryNs).toBeLessThan(5 * NS_PER_S);
      evidence.count(run, { operations });
    },
    60_000,
  );

  it("saw enough on the way to mean something", () => {
    expect(evidence.lacking()).toEqual([]);
  });
});
