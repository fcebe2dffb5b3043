import { describe, expect, it } from "vitest";
import { NS_PER_MS, NS_PER_S } from "../../../harness/clock/duration.ts";
import { Random } from "../../../harness/clock/random.ts";
import type { Json } from "../../../harness/history/operation.ts";
import type { Ballot } from "../ballot.ts";
import type { ClientRequest, DiskContents, Effect, NodeEvent } from "../frame.ts";
import { Registers } from "../registers.ts";
import { ReplicatedState } from "../replicated-state.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { keysNotLinearizable } from "../testing/linearizable.ts";
import { seeds } from "../testing/seeds.ts";
import { singleDecreePaxos } from "./single-decree-paxos.ts";
import type { Acceptor, PaxosMessage } from "./single-decree-paxos-state.ts";

const context = { nowNs: 0, random: new Random(1) };
const key = "x";

function request(f: string, value: Json = null, sequence = 1): ClientRequest {
  return { client: "c1", sequence, f, key, value };
}

/** The state of a register that another client wrote. */
function written(value: Json): Json {
  const register = new ReplicatedState(new Registers());
  register.apply({ client: "c9", sequence: 1, f: "write", key, value });
  return register.snapshot();
}

/** Node n1 of three, and what it does with the next event. */
function node(acceptor?: Acceptor) {
  const records = acceptor === undefined ? [] : ([['acceptor "x"', { ...acceptor }]] as const);
  const disk: DiskContents = { records: new Map(records), logs: new Map() };
  const nodes = ["n1", "n2", "n3"];
  const config = { id: "n1", nodes, timeoutNs: 100 * NS_PER_MS, bugs: new Set<string>(), options: {} };
  const { state } = singleDecreePaxos.start(config, disk, context);
  const on = (event: NodeEvent<PaxosMessage>) => singleDecreePaxos.handle(state, event, context);
  const hear = (from: string, message: PaxosMessage) => on({ type: "message", from, message });
  return { state, on, hear };
}

function sent(effects: readonly Effect<PaxosMessage>[], to: string): PaxosMessage[] {
  return effects.flatMap((effect) => (effect.type === "send" && effect.to === to ? [effect.message] : []));
}

function replies(effects: readonly Effect<PaxosMessage>[]) {
  return effects.flatMap((effect) => (effect.type === "reply" ? [effect.reply] : []));
}

describe("an acceptor", () => {
  const prepare = (ballot: Ballot): PaxosMessage => ({ type: "Prepare", key, ballot });
  const accept = (ballot: Ballot, value: Json): PaxosMessage => ({
    type: "Accept",
    key,
    ballot,
    state: written(value),
  });

  it("promises a ballot once, and none that is not larger", () => {
    const { hear } = node();
    expect(sent(hear("n2", prepare([2, "n2"])), "n2")).toMatchObject([{ type: "Promise", accepted: null }]);
    expect(sent(hear("n2", prepare([2, "n2"])), "n2")).toMatchObject([{ type: "Conflict" }]);
    expect(sent(hear("n3", prepare([1, "n3"])), "n3")).toMatchObject([
      { type: "Conflict", promised: [2, "n2"] },
    ]);
    expect(sent(hear("n3", prepare([2, "n3"])), "n3")).toMatchObject([{ type: "Promise" }]);
  });

  it("accepts nothing below its promise, also after a restart", () => {
    const { hear } = node({ promised: [3, "n3"], accepted: null });
    expect(sent(hear("n2", accept([2, "n2"], 1)), "n2")).toMatchObject([
      { type: "Conflict", ballot: [2, "n2"], promised: [3, "n3"] },
    ]);
    expect(sent(hear("n3", accept([3, "n3"], 2)), "n3")).toMatchObject([{ type: "Accepted" }]);
  });

  it("tells with its promise what it accepted last", () => {
    const { hear } = node();
    hear("n2", accept([2, "n2"], 7));
    const [promise] = sent(hear("n3", prepare([5, "n3"])), "n3");
    expect(promise).toMatchObject({ accepted: { ballot: [2, "n2"], state: written(7) } });
  });

  it("makes promises and what it accepts durable before it tells", () => {
    const { hear } = node();
    for (const message of [prepare([1, "n2"]), accept([1, "n2"], 1)]) {
      expect(hear("n2", message).map(({ type }) => type)).toEqual(["write", "sync", "send"]);
    }
  });
});

describe("a proposer", () => {
  const promise = (ballot: Ballot, accepted: Acceptor["accepted"] = null): PaxosMessage => ({
    type: "Promise",
    key,
    ballot,
    accepted,
  });

  it("asks with a ballot above all that its node promised, and promises it itself, before others see it", () => {
    const { state, on } = node({ promised: [6, "n2"], accepted: null });
    const effects = on({ type: "request", request: request("read") });
    expect(sent(effects, "n2")).toEqual([{ type: "Prepare", key, ballot: [7, "n1"] }]);
    expect(state.acceptors.get(key)?.promised).toEqual([7, "n1"]);
    const types = effects.map(({ type }) => type);
    expect(types.indexOf("sync")).toBeLessThan(types.indexOf("send"));
  });

  it("builds on the state of the highest ballot among a majority", () => {
    const { on, hear } = node({ promised: [4, "n1"], accepted: { ballot: [2, "n1"], state: written(1) } });
    on({ type: "request", request: request("cas", [2, 3]) });
    const newer = { ballot: [4, "n2"] as const, state: written(2) };
    expect(sent(hear("n2", promise([5, "n1"], newer)), "n3")).toMatchObject([
      { type: "Accept", ballot: [5, "n1"] },
    ]);
    const answered = replies(hear("n3", { type: "Accepted", key, ballot: [5, "n1"] }));
    expect(answered).toEqual([{ type: "ok", value: [2, 3] }]);
  });

  it("answers a read only when a majority accepted what it saw", () => {
    const { on, hear } = node();
    on({ type: "request", request: request("read") });
    expect(replies(hear("n2", promise([1, "n1"])))).toEqual([]);
    expect(replies(hear("n2", { type: "Accepted", key, ballot: [1, "n1"] }))).toEqual([
      { type: "ok", value: null },
    ]);
  });

  it("takes no promise of an earlier ballot, and none twice", () => {
    const { on, hear } = node();
    on({ type: "request", request: request("read") });
    on({ type: "timer", name: JSON.stringify(key) });
    expect(sent(hear("n2", promise([1, "n1"])), "n3")).toEqual([]);
    expect(sent(hear("n2", promise([2, "n1"])), "n3")).toMatchObject([{ type: "Accept" }]);
    expect(sent(hear("n2", promise([2, "n1"])), "n3")).toEqual([]);
  });

  it("waits after a conflict, then asks above the ballot that was in its way", () => {
    const { on, hear } = node();
    on({ type: "request", request: request("read") });
    const conflict = { type: "Conflict", key, ballot: [1, "n1"], promised: [8, "n3"] } as const;
    expect(hear("n2", conflict)).toMatchObject([{ type: "set-timer", name: '"x"' }]);
    expect(sent(on({ type: "timer", name: '"x"' }), "n2")).toMatchObject([{ ballot: [9, "n1"] }]);
  });

  it("does not apply a change again that another proposer found accepted and carried on", () => {
    const { on, hear } = node();
    on({ type: "request", request: request("write", 5) });
    const [accept] = sent(hear("n2", promise([1, "n1"])), "n2");
    hear("n2", { type: "Conflict", key, ballot: [1, "n1"], promised: [2, "n2"] });
    const carried = new ReplicatedState(new Registers());
    carried.restore((accept as Extract<PaxosMessage, { type: "Accept" }>).state);
    carried.apply({ client: "c2", sequence: 1, f: "write", key, value: 6 });
    on({ type: "timer", name: '"x"' });
    const newest = { ballot: [2, "n2"] as const, state: carried.snapshot() };
    const [again] = sent(hear("n2", promise([3, "n1"], newest)), "n2");
    expect(again).toMatchObject({ type: "Accept", state: carried.snapshot() });
    expect(replies(hear("n2", { type: "Accepted", key, ballot: [3, "n1"] }))).toEqual([
      { type: "ok", value: 5 },
    ]);
  });
});

describe("single-decree-paxos under kills, pauses, partitions, loss and duplication", () => {
  const evidence = evidenceBeyond({ faults: 8, acknowledged: 80, conflicts: 20 });

  it.each(seeds(20))(
    "seed %i: has one state for each ballot, stays linearizable, and comes back",
    async (seed) => {
      let conflicts = 0;
      const proposed = new Map<string, string>();
      const run = await chaosRun({
        protocol: singleDecreePaxos,
        seed,
        nodes: seed % 3 === 0 ? 3 : 5,
        observe({ event }) {
          if (event?.type !== "message") return;
          const message = event.message as PaxosMessage;
          if (message.type === "Conflict") conflicts++;
          if (message.type !== "Accept") return;
          const ballot = JSON.stringify([message.key, message.ballot]);
          const state = JSON.stringify(message.state);
          expect(proposed.get(ballot) ?? state).toBe(state);
          proposed.set(ballot, state);
        },
      });
      expect(keysNotLinearizable(run.operations)).toEqual([]);
      expect(run.recoveryNs).toBeLessThan(10 * NS_PER_S);
      evidence.count(run, { conflicts });
    },
    60_000,
  );

  it("saw enough on the way to mean something", () => {
    expect(evidence.lacking()).toEqual([]);
  });
});
