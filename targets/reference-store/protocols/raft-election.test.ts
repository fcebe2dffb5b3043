import { describe, expect, it } from "vitest";
import { entriesOf, entry, heartbeat, sent, server, TIMEOUT_NS } from "../testing/raft-server.ts";

describe("a raft server in elections", () => {
  it("starts again with the term, vote and log of its disk, and nothing else", () => {
    const { state } = server({ term: 4, votedFor: "n2", log: [entry(1), entry(4)] });
    expect(state).toMatchObject({ currentTerm: 4, votedFor: "n2", commitIndex: 0, role: "follower" });
    expect(entriesOf(state)).toEqual([entry(1), entry(4)]);
  });

  it("does not vote again in the term of a vote on its disk", () => {
    const { hear } = server({ term: 4, votedFor: "n2" });
    const vote = (from: string) =>
      sent(
        hear(from, { type: "RequestVote", term: 4, lastLogIndex: 9, lastLogTerm: 3, transfer: false }),
        from,
      );
    expect(vote("n3")).toMatchObject([{ voteGranted: false }]);
    expect(vote("n2")).toMatchObject([{ voteGranted: true }]);
  });

  it("makes its vote durable before it tells of it", () => {
    const effects = server().hear("n2", {
      type: "RequestVote",
      term: 1,
      lastLogIndex: 0,
      lastLogTerm: 0,
      transfer: false,
    });
    const kinds = effects.map((effect) => effect.type);
    expect(kinds.lastIndexOf("sync")).toBeGreaterThan(kinds.lastIndexOf("write"));
    expect(kinds.indexOf("send")).toBeGreaterThan(kinds.lastIndexOf("sync"));
  });

  it("refuses its vote to a candidate whose log is behind (section 5.4.1)", () => {
    const { hear } = server({ term: 2, log: [entry(1), entry(2)] });
    const ask = (term: number, lastLogIndex: number, lastLogTerm: number) =>
      sent(hear("n2", { type: "RequestVote", term, lastLogIndex, lastLogTerm, transfer: false }), "n2");
    expect(ask(3, 5, 1)).toMatchObject([{ voteGranted: false }]);
    expect(ask(4, 1, 2)).toMatchObject([{ voteGranted: false }]);
    expect(ask(5, 2, 2)).toMatchObject([{ voteGranted: true }]);
  });

  it("steps down when no majority answers any more", () => {
    const { state, on, lead } = server();
    lead();
    on({ type: "timer", name: "heartbeat" });
    on({ type: "timer", name: "quorum" });
    expect(state).toMatchObject({ role: "follower", leader: null });
  });
});

describe("a raft server before an election (dissertation, 9.6 and 4.2.3)", () => {
  it("begins a term only when a majority would vote for it", () => {
    const { state, on, hear } = server();
    const asked = sent(on({ type: "timer", name: "election" }), "n3");
    expect(asked).toMatchObject([{ type: "PreVote", term: 0 }]);
    expect(state).toMatchObject({ currentTerm: 0, role: "pre-candidate" });
    hear("n2", { type: "PreVoteResponse", term: 0, voteGranted: false });
    expect(state.role).toBe("pre-candidate");
    hear("n3", { type: "PreVoteResponse", term: 0, voteGranted: true });
    expect(state).toMatchObject({ currentTerm: 1, role: "candidate", votedFor: "n1" });
  });

  it("begins a term without asking where pre-votes are switched off", () => {
    const { state, on } = server({ options: { "pre-vote": "no" } });
    expect(sent(on({ type: "timer", name: "election" }), "n3")).toMatchObject([
      { type: "RequestVote", term: 1 },
    ]);
    expect(state).toMatchObject({ currentTerm: 1, role: "candidate", votedFor: "n1" });
  });

  it("would not vote for a log that is behind", () => {
    const { hear } = server({ term: 2, log: [entry(1), entry(2)] });
    const ask = (lastLogIndex: number, lastLogTerm: number) =>
      sent(hear("n2", { type: "PreVote", term: 2, lastLogIndex, lastLogTerm }), "n2");
    expect(ask(5, 1)).toMatchObject([{ voteGranted: false }]);
    expect(ask(2, 2)).toMatchObject([{ voteGranted: true }]);
  });

  it("takes no part while it hears from a leader, unless that leader asks for it", () => {
    const { state, hear, pass } = server();
    const ask = { type: "RequestVote", term: 9, lastLogIndex: 9, lastLogTerm: 8 } as const;
    hear("n2", heartbeat(1));
    pass(TIMEOUT_NS - 1);
    expect(hear("n3", { ...ask, transfer: false })).toEqual([]);
    expect(state.currentTerm).toBe(1);
    expect(sent(hear("n3", { ...ask, transfer: true }), "n3")).toMatchObject([{ voteGranted: true }]);
  });

  it("takes part again after the shortest time-out without a word from a leader", () => {
    const { hear, pass } = server();
    hear("n2", heartbeat(1));
    pass(TIMEOUT_NS);
    const ask = { type: "PreVote", term: 1, lastLogIndex: 0, lastLogTerm: 0 } as const;
    expect(sent(hear("n3", ask), "n3")).toMatchObject([{ voteGranted: true }]);
  });
});
