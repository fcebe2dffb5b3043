import { describe, expect, it } from "vitest";
import { NS_PER_MS, NS_PER_S } from "../../../harness/clock/duration.ts";
import { Random } from "../../../harness/clock/random.ts";
import type { Ballot } from "../ballot.ts";
import type { ClientRequest, DiskContents, Effect, NodeEvent } from "../frame.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { keysNotLinearizable } from "../testing/linearizable.ts";
import { oneCommandASlot } from "../testing/one-command-a-slot.ts";
import { seeds } from "../testing/seeds.ts";
import { multiPaxos } from "./multi-paxos.ts";
import type { Command, MultiPaxosMessage, Proposal } from "./multi-paxos-state.ts";

const context = { nowNs: 0, random: new Random(1) };

function request(sequence: number, f = "write", client = "c1"): ClientRequest {
  return { client, sequence, f, key: "x", value: f === "read" ? null : sequence };
}

function command(sequence: number, client = "c1"): Command {
  return { origin: "n2", request: request(sequence, "write", client) };
}

function proposal(slot: number, ballot: Ballot, sequence: number): Proposal {
  return { slot, ballot, command: command(sequence) };
}

/** Node n1 of three on such a disk, and what it does with the next event. */
function node({ promised = null as Ballot | null, accepted = [] as Proposal[] } = {}) {
  const disk: DiskContents = {
    records: new Map(promised === null ? [] : [["promised", promised]]),
    logs: new Map([["accepted", accepted]]),
  };
  const nodes = ["n1", "n2", "n3"];
  const options = { reads: "quorum" };
  const config = { id: "n1", nodes, timeoutNs: 100 * NS_PER_MS, bugs: new Set<string>(), options };
  const { state } = multiPaxos.start(config, disk, context);
  const on = (event: NodeEvent<MultiPaxosMessage>) => multiPaxos.handle(state, event, context);
  const hear = (from: string, message: MultiPaxosMessage) => on({ type: "message", from, message });
  /** Prepares a ballot, and has the promise of n2 with what n2 accepted. */
  const lead = (promise: readonly Proposal[] = []) => {
    on({ type: "timer", name: "election" });
    return hear("n2", { type: "Promise", ballot: state.ballot, accepted: promise });
  };
  return { state, on, hear, lead };
}

function sent(effects: readonly Effect<MultiPaxosMessage>[], to: string): MultiPaxosMessage[] {
  return effects.flatMap((effect) => (effect.type === "send" && effect.to === to ? [effect.message] : []));
}

function accepts(effects: readonly Effect<MultiPaxosMessage>[]) {
  return sent(effects, "n3").flatMap((message) => (message.type === "Accept" ? [message.proposal] : []));
}

function replies(effects: readonly Effect<MultiPaxosMessage>[]) {
  return effects.flatMap((effect) => (effect.type === "reply" ? [effect.sequence] : []));
}

describe("an acceptor of multi-paxos", () => {
  it("starts again with its promise and with what it accepted", () => {
    const { hear } = node({ promised: [4, "n3"], accepted: [proposal(1, [2, "n2"], 1)] });
    expect(sent(hear("n2", { type: "Prepare", ballot: [3, "n2"], first: 1 }), "n2")).toEqual([
      { type: "Conflict", ballot: [3, "n2"], promised: [4, "n3"] },
    ]);
    expect(sent(hear("n2", { type: "Prepare", ballot: [5, "n2"], first: 1 }), "n2")).toEqual([
      { type: "Promise", ballot: [5, "n2"], accepted: [proposal(1, [2, "n2"], 1)] },
    ]);
  });

  it("accepts nothing below its promise", () => {
    const { hear } = node({ promised: [4, "n3"] });
    const late = hear("n2", { type: "Accept", proposal: proposal(1, [3, "n2"], 1) });
    expect(sent(late, "n2")).toMatchObject([{ type: "Conflict" }]);
  });

  it("makes what it accepts durable before it tells", () => {
    const effects = node().hear("n2", { type: "Accept", proposal: proposal(1, [1, "n2"], 1) });
    const kinds = effects.map(({ type }) => type).filter((type) => type !== "set-timer" && type !== "log");
    expect(kinds).toEqual(["write", "sync", "append", "sync", "send"]);
  });

  it("takes for chosen only what it accepted from the leader that says so, and asks for the rest", () => {
    const { state, hear } = node({ accepted: [proposal(2, [1, "n3"], 9)] });
    hear("n2", { type: "Accept", proposal: proposal(1, [2, "n2"], 1) });
    const effects = hear("n2", { type: "Heartbeat", ballot: [2, "n2"], chosen: 2, round: 1 });
    expect(state.chosen).toEqual([command(1)]);
    expect(sent(effects, "n2")).toContainEqual({ type: "Learn", first: 2 });
    hear("n2", { type: "Learned", first: 2, commands: [command(2)] });
    expect(state.chosen).toEqual([command(1), command(2)]);
  });
});

describe("a leader of multi-paxos", () => {
  it("proposes again what has the highest ballot, and nothing in a gap", () => {
    const { lead } = node({ accepted: [proposal(1, [1, "n1"], 1), proposal(3, [3, "n3"], 3)] });
    const effects = lead([proposal(1, [2, "n2"], 2), proposal(3, [2, "n2"], 2)]);
    expect(accepts(effects).map(({ slot, command }) => [slot, command])).toEqual([
      [1, command(2)],
      [2, null],
      [3, command(3)],
    ]);
  });

  it("prepares above its own promise, which is durable before anyone sees the ballot", () => {
    const effects = node({ promised: [6, "n3"] }).on({ type: "timer", name: "election" });
    expect(sent(effects, "n2")).toEqual([{ type: "Prepare", ballot: [7, "n1"], first: 1 }]);
    const kinds = effects.map(({ type }) => type);
    expect(kinds.indexOf("sync")).toBeLessThan(kinds.indexOf("send"));
  });

  it("executes slots in their order, however they are chosen", () => {
    const { state, on, hear, lead } = node();
    lead();
    on({ type: "request", request: request(1, "write", "c1") });
    on({ type: "request", request: request(1, "write", "c2") });
    expect(replies(hear("n2", { type: "Accepted", ballot: state.ballot, slot: 2 }))).toEqual([]);
    expect(replies(hear("n2", { type: "Accepted", ballot: state.ballot, slot: 1 }))).toEqual([1, 1]);
  });

  it("answers a read after a round begun later, and after all that it inherited", () => {
    const { state, on, hear, lead } = node();
    lead([proposal(1, [1, "n2"], 1)]);
    on({ type: "request", request: request(1, "read") });
    const respond = (round: number): MultiPaxosMessage => ({
      type: "HeartbeatResponse",
      ballot: state.ballot,
      round,
    });
    expect(replies(hear("n2", respond(1)))).toEqual([]);
    expect(replies(hear("n2", respond(2)))).toEqual([]);
    expect(replies(hear("n2", { type: "Accepted", ballot: state.ballot, slot: 1 }))).toEqual([1]);
  });

  it("stops leading where somebody promised a higher ballot, and goes above it next time", () => {
    const { state, on, hear, lead } = node();
    lead();
    hear("n3", { type: "Conflict", ballot: state.ballot, promised: [9, "n3"] });
    expect(state.role).toBe("follower");
    on({ type: "timer", name: "election" });
    expect(state.ballot).toEqual([10, "n1"]);
  });

  it("gives a request that comes twice one slot", () => {
    const { state, hear, lead } = node();
    lead();
    const forwarded: MultiPaxosMessage = { type: "ForwardedRequest", request: request(1) };
    expect(accepts(hear("n3", forwarded))).toHaveLength(1);
    expect(accepts(hear("n3", forwarded))).toHaveLength(0);
    hear("n2", { type: "Accepted", ballot: state.ballot, slot: 1 });
    expect(sent(hear("n3", forwarded), "n3")).toMatchObject([{ type: "ForwardedReply", sequence: 1 }]);
  });
});

describe("multi-paxos under kills, pauses, partitions, loss and duplication", () => {
  const evidence = evidenceBeyond({ faults: 8, acknowledged: 80, slots: 50, behindGaps: 0 });

  it.each(seeds(20))(
    "seed %i: chooses one command a slot, stays linearizable, and comes back",
    async (seed) => {
      let behindGaps = 0;
      const log = oneCommandASlot<Command>();
      const run = await chaosRun({
        protocol: multiPaxos,
        seed,
        nodes: seed % 3 === 0 ? 3 : 5,
        options: { reads: seed % 2 === 0 ? "log" : "quorum" },
        observe({ node, state }) {
          log.observe(node, state.chosen);
          if (state.learned.size > 0) behindGaps++;
        },
      });
      expect(keysNotLinearizable(run.operations)).toEqual([]);
      expect(run.recoveryNs).toBeLessThan(10 * NS_PER_S);
      evidence.count(run, { slots: log.commands.length, behindGaps });
    },
    60_000,
  );

  it("saw enough on the way to mean something", () => {
    expect(evidence.lacking()).toEqual([]);
  });
});
