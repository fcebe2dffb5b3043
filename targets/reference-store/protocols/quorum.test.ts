import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { NS_PER_S } from "../../../harness/clock/duration.ts";
import type { Json } from "../../../harness/history/operation.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { keysNotLinearizable } from "../testing/linearizable.ts";
import { oneNode, repliesIn, request, sentTo } from "../testing/one-node.ts";
import { seeds } from "../testing/seeds.ts";
import { quorum } from "./quorum.ts";
import { siblings, stamped } from "./quorum-values.ts";

const key = "x";
const round = "c1 1";
const read = request("read", null);
const state = (told: Json) => ({ type: "State", round, state: told }) as const;
const written = { type: "Written", round } as const;

/** Node n1 of three, or of as many as there are. */
function replica(options: Readonly<Record<string, string>>, nodes = ["n1", "n2", "n3"]) {
  return oneNode(quorum, { id: "n1", nodes, options });
}

describe("a coordinator", () => {
  it("answers a read with the newest of R states", () => {
    const { ask, hear } = replica({ reads: "plain" });
    expect(repliesIn(ask(read))).toEqual([]);
    expect(repliesIn(hear("n2", state(stamped(3, "n2", 7))))).toEqual([{ type: "ok", value: 7 }]);
  });

  it("stamps a write later than what R replicas have, and acknowledges it with W", () => {
    const { ask, hear } = replica({});
    expect(sentTo(ask(request("write", 8)), "n3")).toEqual([{ type: "Read", round, key }]);
    const effects = hear("n2", state(stamped(3, "n2", 7)));
    expect(sentTo(effects, "n3")).toEqual([{ type: "Write", round, key, state: stamped(4, "n1", 8) }]);
    expect(repliesIn(effects)).toEqual([]);
    expect(repliesIn(hear("n2", written))).toEqual([{ type: "ok", value: 8 }]);
  });

  it("counts each replica once", () => {
    const { ask, hear } = replica({ w: "all" });
    ask(request("write", 8));
    hear("n2", state(null));
    for (let i = 0; i < 3; i++) expect(repliesIn(hear("n2", written))).toEqual([]);
    expect(repliesIn(hear("n3", written))).toHaveLength(1);
  });

  it("repairs afterwards whoever told something older, late answers too", () => {
    const { ask, hear } = replica({ reads: "repair" });
    ask(read);
    const newest = stamped(3, "n2", 7);
    hear("n2", state(newest));
    expect(sentTo(hear("n3", state(null)), "n3")).toEqual([{ type: "Repair", key, state: newest }]);
  });

  it("writes back before it answers", () => {
    const { ask, hear } = replica({ reads: "write-back" });
    ask(read);
    const newest = stamped(3, "n2", 7);
    const effects = hear("n2", state(newest));
    expect(repliesIn(effects)).toEqual([]);
    expect(sentTo(effects, "n3")).toEqual([{ type: "Write", round, key, state: newest }]);
    expect(repliesIn(hear("n3", written))).toEqual([{ type: "ok", value: 7 }]);
  });

  it("says for certain that nothing happened where no replica was asked to write", () => {
    const { ask, fire } = replica({});
    ask(request("write", 8));
    const replies = Array.from({ length: 9 }, () => repliesIn(fire("retry"))).flat();
    expect(replies).toMatchObject([{ type: "error", code: "no-quorum", definite: true }]);
  });

  it("keeps a hint for a replica that did not acknowledge, until it has what it missed", () => {
    const { ask, hear, fire } = replica({});
    ask(request("write", 8));
    hear("n2", state(null));
    hear("n2", written);
    fire("retry");
    const hints = [{ key, hint: 1, state: stamped(1, "n1", 8) }];
    expect(sentTo(fire("retry"), "n3")).toContainEqual({ type: "Handoff", hints });
    hear("n3", { type: "HandedOff", hints: [[key, 1]] });
    expect(sentTo(fire("retry"), "n3")).toEqual([]);
  });

  it.each([
    { sloppy: "no", replies: [] },
    { sloppy: "yes", replies: [{ type: "ok", value: 8 }] },
  ])("sloppy=$sloppy: alone, acknowledges $replies.length writes", ({ sloppy, replies }) => {
    const { ask, fire } = replica({ sloppy });
    ask(request("write", 8));
    const told = Array.from({ length: 4 }, () => repliesIn(fire("retry"))).flat();
    expect(told).toEqual(replies);
  });
});

describe("a replica", () => {
  it("makes a write durable before it acknowledges it, and keeps what is newer", () => {
    const { hear, state: inside } = replica({});
    const write = (time: number) =>
      hear("n2", { type: "Write", round, key, state: stamped(time, "n2", time) });
    expect(write(3).map(({ type }) => type)).toEqual(["write", "sync", "send"]);
    expect(sentTo(write(2), "n2")).toEqual([written]);
    expect(inside.registers.get(key)).toEqual(stamped(3, "n2", 3));
  });

  it("finds what differs by comparing trees, and both end with the same", () => {
    const [one, other] = ["n1", "n2"].map((id) => oneNode(quorum, { id }));
    if (one === undefined || other === undefined) throw new Error("two nodes");
    one.hear("n3", { type: "Write", round, key, state: stamped(3, "n3", 7) });
    other.hear("n3", { type: "Write", round, key: "y", state: stamped(1, "n3", 8) });
    const compare = { type: "Compare", path: "", children: one.state.tree.children("") } as const;
    const open = [{ to: other, from: "n1", message: compare as Parameters<typeof one.hear>[1] }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { to, from, message } = next;
      const [here, peer] = to === one ? ["n1", other] : ["n2", one];
      for (const sent of sentTo(to.hear(from, message), from))
        open.push({ to: peer, from: here, message: sent });
    }
    expect(one.state.tree.children("")).toEqual(other.state.tree.children(""));
    expect([...one.state.registers.keys()].sort()).toEqual(["x", "y"]);
  });
});

describe("siblings", () => {
  type Action = readonly [node: number, from: number, reads: boolean];
  const actions = fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.boolean()) as fc.Arbitrary<Action>, {
    maxLength: 12,
  });

  it("stand beside each other when their writers had read the same, through one node too", () => {
    const { initial, write, read: values } = siblings;
    const twice = [1, 2].reduce((held, value) => write(held, { node: "n1", value, context: {} }), initial);
    expect(values(twice)).toEqual([1, 2]);
    const context = siblings.contextOf(twice) ?? {};
    expect(values(write(twice, { node: "n2", value: 3, context }))).toEqual([3]);
  });

  test.prop([actions])(
    "merge in any order to the same, and a write that nobody read is not lost",
    (steps) => {
      const held = [siblings.initial, siblings.initial, siblings.initial];
      const readBy = new Set<Json>();
      steps.forEach(([node, from, reads], value) => {
        const here = siblings.merge(held[node] as Json, held[from] as Json);
        if (reads) for (const each of siblings.read(here) as Json[]) readBy.add(each);
        const context = reads ? (siblings.contextOf(here) ?? {}) : {};
        held[node] = siblings.write(here, { node: `n${node}`, value, context });
      });
      const merged = held.reduce((a, b) => siblings.merge(a, b));
      expect(held.toReversed().reduce((a, b) => siblings.merge(a, b))).toEqual(merged);
      expect(siblings.merge(merged, merged)).toEqual(merged);
      const ends = new Set(siblings.read(merged) as Json[]);
      for (const value of steps.keys()) expect(ends.has(value) || readBy.has(value)).toBe(true);
    },
  );
});

describe("quorum under kills, pauses, partitions, clock faults, loss and duplication", () => {
  const evidence = evidenceBeyond({ faults: 8, acknowledged: 80 });

  it.each(seeds(20))(
    "seed %i: with write-back it is linearizable, and it comes back",
    async (seed) => {
      const options = { reads: "write-back" };
      const nodes = seed % 3 === 0 ? 4 : 5;
      const run = await chaosRun({ protocol: quorum, seed, options, nodes, clocks: true });
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
