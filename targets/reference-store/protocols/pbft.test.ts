import { describe, expect, it } from "vitest";
import { NS_PER_MS, NS_PER_S } from "../../../harness/clock/duration.ts";
import { Random } from "../../../harness/clock/random.ts";
import type { Json } from "../../../harness/history/operation.ts";
import type { ClientRequest, DiskContents, Effect, NodeEvent } from "../frame.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { keysNotLinearizable } from "../testing/linearizable.ts";
import { oneCommandASlot } from "../testing/one-command-a-slot.ts";
import { seeds } from "../testing/seeds.ts";
import { pbft } from "./pbft.ts";
import type { Certificate, NewView, Operation, PbftMessage, ViewChange } from "./pbft-state.ts";

const context = { nowNs: 0, random: new Random(1) };
const nodes = ["n1", "n2", "n3", "n4"];

function request(sequence: number, client = "c1"): ClientRequest {
  return { client, sequence, f: "write", key: "x", value: sequence };
}

/** A correct replica of four, and what it does with the next event. n1 is primary of view 0, n2 of view 1. */
function replica(id: string, records: readonly (readonly [string, Json])[] = []) {
  const disk: DiskContents = { records: new Map(records), logs: new Map() };
  const options = { byzantine: "none" };
  const config = { id, nodes, timeoutNs: 100 * NS_PER_MS, bugs: new Set<string>(), options };
  const { state } = pbft.start(config, disk, context);
  const on = (event: NodeEvent<PbftMessage>) => pbft.handle(state, event, context);
  const hear = (from: string, message: PbftMessage) => on({ type: "message", from, message });
  return { state, on, hear };
}

function sent(effects: readonly Effect<PbftMessage>[], to: string): PbftMessage[] {
  return effects.flatMap((effect) => (effect.type === "send" && effect.to === to ? [effect.message] : []));
}

const propose = (sequence: number, operation: Operation, view = 0): PbftMessage => ({
  type: "PrePrepare",
  view,
  sequence,
  operation,
});
const vote = (type: "Prepare" | "Commit", digest: string, sequence = 1, view = 0): PbftMessage => ({
  type,
  view,
  sequence,
  digest,
});

describe("a replica of pbft", () => {
  it("prepares with 2f others, commits with a quorum, and only then executes and answers", () => {
    const { state, hear } = replica("n2");
    expect(sent(hear("n1", propose(1, request(1))), "n3")).toEqual([vote("Prepare", "c1/1")]);
    expect(sent(hear("n3", vote("Prepare", "c1/1")), "n3")).toEqual([vote("Commit", "c1/1")]);
    expect(hear("n3", vote("Commit", "c1/1"))).toEqual([]);
    expect(hear("n4", vote("Commit", "c1/1"))).toContainEqual(
      expect.objectContaining({ type: "reply", client: "c1", sequence: 1 }),
    );
    expect(state.log).toEqual([request(1)]);
  });

  it("takes one operation for a sequence number in a view, whatever else the primary says, also after a restart", () => {
    const { hear } = replica("n2");
    hear("n1", propose(1, request(1)));
    expect(sent(hear("n1", propose(1, null)), "n3")).toEqual([]);
    const again = replica("n2", [["slot 1", { view: 0, operation: request(1), prepared: null }]]);
    expect(sent(again.hear("n1", propose(1, null)), "n3")).toEqual([]);
  });

  it("counts no vote for another operation, and the first of each replica", () => {
    const { hear } = replica("n2");
    hear("n1", propose(1, request(1)));
    expect(hear("n3", vote("Prepare", "null"))).toEqual([]);
    expect(hear("n3", vote("Prepare", "c1/1"))).toEqual([]);
    expect(sent(hear("n4", vote("Prepare", "c1/1")), "n3")).toMatchObject([{ type: "Commit" }]);
  });

  it("listens to the primary of its view alone", () => {
    const { hear } = replica("n2");
    expect(hear("n3", propose(1, request(1)))).toEqual([]);
    expect(hear("n2", propose(1, request(1), 1))).toEqual([]);
  });

  it("keeps on its disk what it accepted and prepared, before it says so", () => {
    const { hear } = replica("n2");
    for (const effects of [hear("n1", propose(1, request(1))), hear("n3", vote("Prepare", "c1/1"))]) {
      const kinds = effects.map(({ type }) => type);
      expect(kinds.indexOf("write")).toBeLessThan(kinds.indexOf("sync"));
      expect(kinds.indexOf("sync")).toBeLessThan(kinds.indexOf("send"));
    }
  });

  it("executes what f + 1 others say that they executed, and nothing on the word of one", () => {
    const { state, hear } = replica("n2");
    const executed: PbftMessage = { type: "Executed", first: 1, operations: [request(1)] };
    hear("n3", executed);
    hear("n3", executed);
    hear("n1", { type: "Executed", first: 1, operations: [null] });
    expect(state.log).toEqual([]);
    hear("n4", executed);
    expect(state.log).toEqual([request(1)]);
  });
});

describe("a view change of pbft", () => {
  const certificate = (view: number, sequence: number, operation: Operation): Certificate => ({
    view,
    sequence,
    operation,
    by: ["n1", "n2", "n3"],
  });
  const viewChange = (view: number, prepared: Certificate[] = []): ViewChange => ({
    type: "ViewChange",
    view,
    stable: 0,
    proof: [],
    prepared,
  });
  const newViewOf = (effects: readonly Effect<PbftMessage>[]): NewView | undefined =>
    sent(effects, "n3").find((message): message is NewView => message.type === "NewView");

  it("is joined when f + 1 others went ahead, not when one did", () => {
    const { state, hear } = replica("n3");
    hear("n4", viewChange(1));
    expect(state).toMatchObject({ view: 0, active: true });
    hear("n1", viewChange(1));
    expect(state).toMatchObject({ view: 1, active: false });
  });

  it("carries into the new view what has the certificate of the latest view, and nothing in a gap", () => {
    const { hear } = replica("n2");
    hear("n3", viewChange(5, [certificate(0, 1, request(1)), certificate(2, 3, request(3))]));
    const newView = newViewOf(hear("n4", viewChange(5, [certificate(1, 1, request(2, "c2"))])));
    expect(newView).toMatchObject({ first: 1, operations: [request(2, "c2"), null, request(3)] });
  });

  it("does not begin with anything but what the view changes prove", () => {
    const proof = [certificate(0, 1, request(1))];
    const viewChanges = ["n2", "n3", "n4"].map((node) => [node, viewChange(1, proof)] as const);
    const right: NewView = { type: "NewView", view: 1, viewChanges, first: 1, operations: [request(1)] };
    const { state, hear } = replica("n1");
    for (const wrong of [
      { ...right, operations: [null] },
      { ...right, viewChanges: viewChanges.slice(1) },
      { ...right, viewChanges: viewChanges.map(() => ["n2", viewChange(1, proof)] as const) },
    ]) {
      hear("n2", wrong);
      expect(state.view).toBe(0);
    }
    hear("n3", right);
    expect(state.view).toBe(0);
    hear("n2", right);
    expect(state).toMatchObject({ view: 1, active: true });
  });

  it("does not believe a certificate of too few", () => {
    const { state, hear } = replica("n3");
    const forged = { ...certificate(0, 1, request(1)), by: ["n1", "n1", "n4"] };
    hear("n4", viewChange(1, [forged]));
    hear("n1", viewChange(1, [forged]));
    expect(state.view).toBe(0);
  });
});

describe("pbft with a Byzantine replica, under kills, pauses, partitions, loss and duplication", () => {
  const behaviours = new Set<string>();
  const evidence = evidenceBeyond({ faults: 8, views: 2, acknowledged: 30 });

  it.each(seeds(20))(
    "seed %i: correct replicas execute one order, clients see a linearizable store, and it comes back",
    async (seed) => {
      const order = oneCommandASlot<Operation>();
      let views = 0;
      const run = await chaosRun({
        protocol: pbft,
        seed,
        nodes: 4,
        options: { byzantine: seed % 5 === 0 ? "none" : "any" },
        observe({ node, state }) {
          behaviours.add(state.behaviour);
          if (state.behaviour !== "correct") return;
          order.observe(node, state.log);
          views = Math.max(views, state.view);
        },
      });
      expect(keysNotLinearizable(run.operations)).toEqual([]);
      expect(run.recoveryNs).toBeLessThan(15 * NS_PER_S);
      evidence.count(run, { views });
    },
    60_000,
  );

  it("saw enough on the way to mean something", () => {
    expect([...behaviours].sort()).toEqual(["correct", "equivocating", "lying", "silent"]);
    expect(evidence.lacking()).toEqual([]);
  });
});
