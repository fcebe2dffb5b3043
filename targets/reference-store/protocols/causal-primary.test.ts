import { describe, expect, it } from "vitest";
import { NS_PER_S } from "../../../harness/clock/duration.ts";
import { nodeOf } from "../key-placement.ts";
import { causalWitness } from "../testing/causal-witness.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { oneNode, repliesIn, request, sentTo } from "../testing/one-node.ts";
import { seeds } from "../testing/seeds.ts";
import {
  type CausalPrimaryMessage,
  type CausalPrimaryState,
  causalPrimary,
  type PrimaryWrite,
} from "./causal-primary.ts";

const NODES = ["n1", "n2", "n3"];
/** A key of each node. */
const keyOf = (node: string) =>
  ["a", "b", "c", "d", "e", "f", "g", "h"].find((key) => nodeOf(key, NODES) === node) as string;
const [k1, k2] = [keyOf("n1"), keyOf("n2")];

function update(origin: string, key: string, value: number, after = {}): CausalPrimaryMessage {
  const body = { request: request("write", value, { key, client: `c${value}` }) };
  return { type: "Updates", entries: [{ origin, number: 1, after, body }] };
}

describe("causal-primary", () => {
  it("sends a write to the primary of its key, with what its client carries", () => {
    const write = request("write", 1, { key: k2, context: { n3: 1 } });
    expect(sentTo(oneNode(causalPrimary, { id: "n1" }).ask(write), "n2")).toEqual([
      { type: "Write", request: write },
    ]);
  });

  it("makes a write durable before it tells anybody, and tells the client what to carry", () => {
    const effects = oneNode(causalPrimary, { id: "n1" }).ask(request("write", 1, { key: k1 }));
    expect(effects.map((effect) => effect.type)).toEqual([
      "set-timer",
      "append",
      "sync",
      "send",
      "send",
      "reply",
    ]);
    expect(repliesIn(effects)).toEqual([{ type: "ok", value: 1, context: { n1: 1 } }]);
  });

  it("answers a read when it has caught up with the client", () => {
    const { ask, hear } = oneNode(causalPrimary, { id: "n3" });
    expect(repliesIn(ask(request("read", null, { key: k1, context: { n2: 1 } })))).toEqual([]);
    expect(repliesIn(hear("n1", update("n1", k1, 7)))).toEqual([]);
    expect(repliesIn(hear("n2", update("n2", k2, 8)))).toEqual([
      { type: "ok", value: 7, context: { n1: 1, n2: 1 } },
    ]);
  });

  it("takes a write when the primary has caught up with the client", () => {
    const { ask, hear } = oneNode(causalPrimary, { id: "n1" });
    expect(sentTo(ask(request("write", 1, { key: k1, context: { n2: 1 } })), "n3")).toEqual([]);
    expect(sentTo(hear("n2", update("n2", k2, 8)), "n3")).toMatchObject([
      { type: "Updates", entries: [{ origin: "n1", after: { n2: 1 } }] },
    ]);
  });

  it("takes a write that comes again once", () => {
    const { hear, state } = oneNode(causalPrimary, { id: "n1" });
    const write = request("write", 1, { key: k1 });
    for (let i = 0; i < 2; i++) {
      expect(sentTo(hear("n2", { type: "Write", request: write }), "n2")).toContainEqual({
        type: "Done",
        client: "c1",
        sequence: 1,
        reply: { type: "ok", value: 1, context: { n1: 1 } },
      });
    }
    expect(state.channel.clock).toEqual({ n1: 1 });
  });

  const evidence = evidenceBeyond({ faults: 8, operations: 60 });

  it.each(seeds(20))(
    "seed %i: shows every client its causal past, wherever it asks, and comes back",
    async (seed) => {
      const witness = causalWitness<CausalPrimaryState, PrimaryWrite>({
        write: ({ request: { key, value } }) => ({ key, value }),
        givesWay: ({ number }, other) => number < other.number,
      });
      const run = await chaosRun({ protocol: causalPrimary, seed, roams: true, observe: witness.observe });
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
