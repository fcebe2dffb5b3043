import { describe, expect, it } from "vitest";
import { NS_PER_S } from "../../../harness/clock/duration.ts";
import type { Json } from "../../../harness/history/operation.ts";
import type { Effect } from "../frame.ts";
import { nodeOf } from "../key-placement.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { oneNode, repliesIn, request, sentTo } from "../testing/one-node.ts";
import { seeds } from "../testing/seeds.ts";
import { serialWitness } from "../testing/serial-witness.ts";
import { twoPhaseCommit } from "./two-phase-commit.ts";
import type { State } from "./two-phase-commit-state.ts";

const nodes = ["n1", "n2", "n3"];
const keyAt = (node: string) =>
  Array.from({ length: 50 }, (_, i) => `k${i}`).find((key) => nodeOf(key, nodes) === node) as string;
const [x, y, z] = nodes.map(keyAt) as [string, string, string];

const kinds = (effects: readonly Effect<unknown>[]) => effects.map(({ type }) => type);
const append = (key: string, value: number): Json => ["append", key, value];
const coordinator = (bugs: string[] = []) => oneNode(twoPhaseCommit, { id: "n1", nodes, bugs });
const prepare = (transaction: string, age: number, ...operations: Json[]) =>
  ({
    type: "Prepare",
    transaction,
    age,
    operations: operations.map((each, place) => [place, each]),
  }) as never;
const yes = (reads: Json = []) => ({ type: "Vote", transaction: "n1.1.1", yes: true, reads }) as never;
const decision = (transaction: string, commit: boolean) =>
  ({ type: "Decision", transaction, commit }) as const;

/** What a node finds again after a restart, if everything that it wrote was synced. */
function diskAfter(effects: readonly Effect<unknown>[]) {
  const log = effects.flatMap((effect) => (effect.type === "append" ? effect.entries : []));
  return { records: new Map<string, Json>([["runs", 1]]), logs: new Map([["log", log]]) };
}

describe("the coordinator of a two-phase commit", () => {
  it("commits when all have voted yes, and logs that before anybody hears of it", () => {
    const { ask, hear } = coordinator();
    const asked = ask(request("txn", [append(y, 1), ["r", z, null]]));
    expect(sentTo(asked, "n2")).toMatchObject([{ type: "Prepare", operations: [[0, append(y, 1)]] }]);
    expect(sentTo(asked, "n3")).toMatchObject([{ type: "Prepare", operations: [[1, ["r", z, null]]] }]);
    expect(hear("n2", yes())).toEqual([]);
    const decided = hear("n3", yes([[1, [7]]]));
    expect(kinds(decided)).toEqual(["append", "sync", "reply", "send", "send"]);
    expect(repliesIn(decided)).toEqual([{ type: "ok", value: [append(y, 1), ["r", z, [7]]] }]);
    expect(sentTo(decided, "n2")).toEqual([decision("n1.1.1", true)]);
  });

  it("aborts when one votes no, tries again as old as it was, and in the end says so", () => {
    const { ask, hear, fire, state } = coordinator();
    ask(request("txn", [append(y, 1), append(z, 2)]));
    for (let attempt = 1; attempt < 5; attempt++) {
      const transaction = `n1.1.${attempt}`;
      const aborted = hear("n2", { type: "Vote", transaction, yes: false, reads: [] });
      expect(sentTo(aborted, "n3")).toEqual([decision(transaction, false)]);
      expect(sentTo(fire(`retry ${transaction}`), "n2")).toMatchObject([{ type: "Prepare", age: 1 }]);
    }
    const last = hear("n2", { type: "Vote", transaction: "n1.1.5", yes: false, reads: [] });
    expect(repliesIn(last)).toMatchObject([{ type: "fail", code: "conflict" }]);
    expect(state.active.size + state.retries.size).toBe(0);
  });

  it("aborts what does not get all votes in time, and tells the client that it is certain", () => {
    const { ask, hear, fire } = coordinator();
    ask(request("txn", [append(y, 1), append(z, 2)]));
    hear("n2", yes());
    for (let round = 1; round <= 6; round++) {
      const again = fire("again");
      expect(sentTo(again, "n2")).toEqual([]);
      expect(sentTo(again, "n3")).toMatchObject([{ type: "Prepare" }]);
    }
    expect(repliesIn(fire("again"))).toMatchObject([{ type: "error", code: "aborted", definite: true }]);
    expect(sentTo(hear("n2", { type: "Inquire", transaction: "n1.1.1" }), "n2")).toEqual([
      decision("n1.1.1", false),
    ]);
  });

  it("goes on telling what it has decided after a restart, and presumes an abort of the rest", () => {
    const before = coordinator();
    const effects = [...before.ask(request("txn", [append(y, 1)])), ...before.hear("n2", yes())];
    const after = oneNode(twoPhaseCommit, { id: "n1", nodes, disk: diskAfter(effects) });
    expect(sentTo(after.fire("again"), "n2")).toEqual([decision("n1.1.1", true)]);
    after.hear("n2", { type: "Acknowledge", transaction: "n1.1.1" });
    expect(sentTo(after.fire("again"), "n2")).toEqual([]);
    expect(sentTo(after.hear("n3", { type: "Inquire", transaction: "n1.1.7" }), "n3")).toEqual([
      decision("n1.1.7", false),
    ]);
    expect(sentTo(after.ask(request("txn", [append(y, 2)])), "n2")).toMatchObject([
      { transaction: "n1.2.1" },
    ]);
  });
});

describe("a participant in a two-phase commit", () => {
  it("makes its promise durable before it votes yes, with the locks of what it only reads", () => {
    const { hear } = oneNode(twoPhaseCommit, { id: "n2", nodes });
    const voted = hear("n1", prepare("t", 1, ["r", y, null]));
    expect(kinds(voted)).toEqual(["append", "sync", "send"]);
    expect(sentTo(hear("n3", prepare("u", 2, append(y, 2))), "n3")).toMatchObject([{ yes: false }]);
  });

  it("is blocked while the coordinator is down, however long, also over a restart", () => {
    const before = oneNode(twoPhaseCommit, { id: "n2", nodes });
    const effects = before.hear("n1", prepare("t", 1, append(y, 1)));
    for (const node of [before, oneNode(twoPhaseCommit, { id: "n2", nodes, disk: diskAfter(effects) })]) {
      for (let round = 0; round < 100; round++) {
        const again = node.fire("again");
        expect(sentTo(again, "n1")).toEqual([{ type: "Inquire", transaction: "t" }]);
        expect(kinds(again)).not.toContain("append");
      }
      expect(sentTo(node.hear("n3", prepare("u", 2, ["r", y, null])), "n3")).toMatchObject([{ yes: false }]);
      const told = node.hear("n1", decision("t", true));
      expect(sentTo(told, "n1")).toEqual([{ type: "Acknowledge", transaction: "t" }]);
      expect(sentTo(node.hear("n3", prepare("v", 3, ["r", y, null])), "n3")).toMatchObject([
        { yes: true, reads: [[0, [1]]] },
      ]);
    }
  });

  it("does what was decided once, and promises nothing more for what is over", () => {
    const { hear, state } = oneNode(twoPhaseCommit, { id: "n2", nodes });
    hear("n1", prepare("t", 1, append(y, 1)));
    for (let i = 0; i < 2; i++) {
      expect(sentTo(hear("n1", decision("t", true)), "n1")).toMatchObject([{ type: "Acknowledge" }]);
      expect(hear("n1", prepare("t", 1, append(y, 1)))).toEqual([]);
    }
    expect(state.lists.get(y)).toEqual([1]);
  });

  it("gives the locks of one that ends to one that waits", () => {
    const { hear } = oneNode(twoPhaseCommit, { id: "n2", nodes });
    hear("n1", prepare("young", 5, append(y, 1)));
    expect(hear("n3", prepare("old", 4, ["r", y, null]))).toEqual([]);
    expect(sentTo(hear("n1", decision("young", true)), "n3")).toMatchObject([
      { type: "Vote", transaction: "old", yes: true, reads: [[0, [1]]] },
    ]);
  });
});

describe("two-phase-commit", () => {
  it("needs no message for keys of the node that is asked", () => {
    const { ask } = coordinator();
    const done = ask(request("txn", [append(x, 1), ["r", x, null]]));
    expect(kinds(done)).not.toContain("send");
    expect(repliesIn(done)).toEqual([{ type: "ok", value: [append(x, 1), ["r", x, [1]]] }]);
  });

  const evidence = evidenceBeyond({ committed: 60, conflicts: 0, inDoubt: 0 });

  it.each(seeds(12))(
    "seed %i: transactions happen one after the other, at their decisions, whatever strikes",
    async (seed) => {
      let inDoubt = 0;
      const witness = serialWitness<State>();
      const options = { "on-conflict": seed % 3 === 0 ? "no-wait" : "wait-die" };
      const observe: typeof witness.observe = (step) => {
        witness.observe(step);
        if (step.event === undefined && step.state.prepared.size > 0) inDoubt++;
      };
      const run = await chaosRun({ protocol: twoPhaseCommit, seed, options, nodes: 3 + (seed % 3), observe });
      const committed = witness.verify(run.operations);
      const conflicts = run.operations.filter(({ errorCode }) => errorCode === "conflict").length;
      evidence.count(run, { committed, conflicts, inDoubt });
      expect(run.recoveryNs).toBeLessThan(5 * NS_PER_S);
    },
    60_000,
  );

  it("saw enough on the way to mean something", () => {
    expect(evidence.lacking()).toEqual([]);
  });
});
