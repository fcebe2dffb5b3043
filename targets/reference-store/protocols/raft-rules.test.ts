import { describe, expect, it } from "vitest";
import { NS_PER_MS } from "../../../harness/clock/duration.ts";
import { Random } from "../../../harness/clock/random.ts";
import type { ClientRequest, DiskContents, Effect, NodeEvent } from "../frame.ts";
import { raft } from "./raft.ts";
import type { LogEntry, RaftMessage, RaftState } from "./raft-state.ts";

const context = { nowNs: 0, random: new Random(1) };

function request(sequence: number, f = "write", client = "c1"): ClientRequest {
  return { client, sequence, f, key: "x", value: f === "read" ? null : sequence };
}

function entry(term: number, sequence = term): LogEntry {
  return { term, origin: "n1", request: request(sequence) };
}

/** Server n1 of three, on a disk with the given state, and what it does with the next event. */
function server({ term = 0, votedFor = null as string | null, log = [] as LogEntry[] } = {}) {
  const disk: DiskContents = {
    records: new Map(term === 0 ? [] : [["vote", { term, votedFor }]]),
    logs: new Map([["log", log]]),
  };
  const config = {
    id: "n1",
    nodes: ["n1", "n2", "n3"],
    timeoutNs: 150 * NS_PER_MS,
    bugs: new Set<string>(),
    options: {},
  };
  const { state } = raft.start(config, disk, context);
  const on = (event: NodeEvent<RaftMessage>) => raft.handle(state, event, context);
  const hear = (from: string, message: RaftMessage) => on({ type: "message", from, message });
  /** Wins the election of the next term with the vote of n2. */
  const lead = () => {
    on({ type: "timer", name: "election" });
    return hear("n2", { type: "RequestVoteResponse", term: state.currentTerm, voteGranted: true });
  };
  return { state, on, hear, lead };
}

function sent(effects: readonly Effect<RaftMessage>[], to: string): RaftMessage[] {
  return effects.flatMap((effect) => (effect.type === "send" && effect.to === to ? [effect.message] : []));
}

function acknowledge(state: RaftState, index: number, round = 0): RaftMessage {
  return { type: "AppendEntriesResponse", term: state.currentTerm, success: true, index, round };
}

describe("a raft server", () => {
  it("starts again with the term, vote and log of its disk, and nothing else", () => {
    const { state } = server({ term: 4, votedFor: "n2", log: [entry(1), entry(4)] });
    expect(state).toMatchObject({ currentTerm: 4, votedFor: "n2", commitIndex: 0, role: "follower" });
    expect(state.log).toEqual([entry(1), entry(4)]);
  });

  it("does not vote again in the term of a vote on its disk", () => {
    const { hear } = server({ term: 4, votedFor: "n2" });
    const vote = (from: string) =>
      sent(hear(from, { type: "RequestVote", term: 4, lastLogIndex: 9, lastLogTerm: 3 }), from);
    expect(vote("n3")).toMatchObject([{ voteGranted: false }]);
    expect(vote("n2")).toMatchObject([{ voteGranted: true }]);
  });

  it("makes its vote durable before it tells of it", () => {
    const effects = server().hear("n2", { type: "RequestVote", term: 1, lastLogIndex: 0, lastLogTerm: 0 });
    const kinds = effects.map((effect) => effect.type);
    expect(kinds.lastIndexOf("sync")).toBeGreaterThan(kinds.lastIndexOf("write"));
    expect(kinds.indexOf("send")).toBeGreaterThan(kinds.lastIndexOf("sync"));
  });

  it("refuses its vote to a candidate whose log is behind (section 5.4.1)", () => {
    const { hear } = server({ term: 2, log: [entry(1), entry(2)] });
    const ask = (term: number, lastLogIndex: number, lastLogTerm: number) =>
      sent(hear("n2", { type: "RequestVote", term, lastLogIndex, lastLogTerm }), "n2");
    expect(ask(3, 5, 1)).toMatchObject([{ voteGranted: false }]);
    expect(ask(4, 1, 2)).toMatchObject([{ voteGranted: false }]);
    expect(ask(5, 2, 2)).toMatchObject([{ voteGranted: true }]);
  });

  it("commits an entry of an older term only with one of its own (figure 8)", () => {
    const { state, hear, lead } = server({ term: 2, votedFor: "n1", log: [entry(1), entry(2)] });
    lead();
    hear("n2", acknowledge(state, 2));
    expect(state.commitIndex).toBe(0);
    hear("n2", acknowledge(state, 3));
    expect(state.commitIndex).toBe(3);
  });

  it("replaces what conflicts with the leader's log, and keeps what agrees", () => {
    const { state, hear } = server({ term: 2, log: [entry(1, 1), entry(2, 2), entry(2, 3)] });
    const effects = hear("n2", {
      type: "AppendEntries",
      term: 3,
      prevLogIndex: 0,
      prevLogTerm: 0,
      entries: [entry(1, 1), entry(3, 4)],
      leaderCommit: 1,
      round: 1,
    });
    expect(state.log).toEqual([entry(1, 1), entry(3, 4)]);
    expect(state.commitIndex).toBe(1);
    expect(effects).toContainEqual({ type: "truncate", name: "log", length: 1 });
    expect(effects).toContainEqual({ type: "append", name: "log", entries: [entry(3, 4)] });
  });

  it("sends the leader back past a whole term that conflicts", () => {
    const log = [entry(1), entry(2), entry(2), entry(2)];
    const { hear } = server({ term: 2, log });
    const probe = { type: "AppendEntries", term: 3, entries: [], leaderCommit: 0, round: 1 } as const;
    expect(sent(hear("n2", { ...probe, prevLogIndex: 4, prevLogTerm: 3 }), "n2")).toMatchObject([
      { success: false, index: 2 },
    ]);
    expect(sent(hear("n2", { ...probe, prevLogIndex: 9, prevLogTerm: 3 }), "n2")).toMatchObject([
      { success: false, index: 5 },
    ]);
  });

  it("answers a read only after its no-op is committed and a later round of heartbeats was answered", () => {
    const { state, on, hear, lead } = server();
    lead();
    const replies = (effects: readonly Effect<RaftMessage>[]) =>
      effects.filter(({ type }) => type === "reply");
    expect(replies(on({ type: "request", request: request(1, "read") }))).toEqual([]);
    expect(replies(hear("n2", acknowledge(state, 0, state.round)))).toEqual([]);
    expect(replies(hear("n2", acknowledge(state, 1, 0)))).toHaveLength(1);
    expect(replies(on({ type: "request", request: request(2, "read") }))).toEqual([]);
    const stale = acknowledge(state, 1, state.round - 1);
    expect(replies(hear("n3", stale))).toEqual([]);
    expect(replies(hear("n3", acknowledge(state, 1, state.round)))).toHaveLength(1);
  });

  it("lets a read that comes in during a round wait for the next one", () => {
    const { state, on, hear, lead } = server();
    lead();
    hear("n2", acknowledge(state, 1));
    const answered = (effects: readonly Effect<RaftMessage>[]) =>
      effects.flatMap((effect) => (effect.type === "reply" ? [effect.client] : []));
    on({ type: "request", request: request(1, "read", "c1") });
    on({ type: "request", request: request(1, "read", "c2") });
    const first = acknowledge(state, 1, state.round);
    expect(answered(hear("n2", first))).toEqual(["c1"]);
    expect(answered(hear("n3", first))).toEqual([]);
    expect(answered(hear("n2", acknowledge(state, 1, state.round)))).toEqual(["c2"]);
  });

  it("takes for committed only what it knows to agree with the leader", () => {
    const { state, hear } = server({ term: 2, log: [entry(1), entry(2, 2), entry(2, 3)] });
    const probe = { type: "AppendEntries", term: 3, entries: [], leaderCommit: 3, round: 1 } as const;
    hear("n2", { ...probe, prevLogIndex: 1, prevLogTerm: 1 });
    expect(state.commitIndex).toBe(1);
  });

  it("does not take the refusal of an old term's heartbeat for the answer to a round of the new term", () => {
    const old: RaftMessage = {
      type: "AppendEntries",
      term: 1,
      prevLogIndex: 0,
      prevLogTerm: 0,
      entries: [],
      leaderCommit: 0,
      round: 1,
    };
    const voter = server({ term: 2, votedFor: "n2" });
    const [refusal] = sent(voter.hear("n2", old), "n2") as [RaftMessage];
    const leader = server({ term: 1, votedFor: "n1" });
    leader.lead();
    leader.on({ type: "request", request: request(1, "read") });
    expect(leader.state).toMatchObject({ currentTerm: 2, round: 1, confirmedRound: 0 });
    leader.hear("n2", refusal);
    expect(leader.state.confirmedRound).toBe(0);
  });

  it("appends a request that arrives twice once, and answers it again when it is applied", () => {
    const { state, hear, lead } = server();
    lead();
    const forwarded: RaftMessage = { type: "ForwardedRequest", request: request(1) };
    hear("n3", forwarded);
    hear("n3", forwarded);
    expect(state.log).toHaveLength(2);
    const answered = hear("n2", acknowledge(state, 2));
    expect(sent(answered, "n3")).toContainEqual(
      expect.objectContaining({ type: "ForwardedReply", sequence: 1 }),
    );
    expect(sent(hear("n3", forwarded), "n3")).toMatchObject([{ type: "ForwardedReply", sequence: 1 }]);
    expect(state.log).toHaveLength(2);
  });

  it("refuses a request definitely while it knows no leader", () => {
    expect(server().on({ type: "request", request: request(1) })).toMatchObject([
      { type: "reply", reply: { type: "error", code: "no-leader", definite: true } },
    ]);
  });

  it("steps down when no majority answers any more", () => {
    const { state, on, lead } = server();
    lead();
    on({ type: "timer", name: "heartbeat" });
    on({ type: "timer", name: "quorum" });
    expect(state).toMatchObject({ role: "follower", leader: null });
  });
});
