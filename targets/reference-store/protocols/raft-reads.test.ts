import { describe, expect, it } from "vitest";
import type { Effect } from "../frame.ts";
import { acknowledge, request, sent, server, TIMEOUT_NS } from "../testing/raft-server.ts";
import type { RaftMessage } from "./raft-messages.ts";

describe("a raft leader that is asked to read", () => {
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
});

describe("a raft server with leases (dissertation, 6.4.1)", () => {
  const answers = (effects: readonly Effect<RaftMessage>[]) =>
    effects.filter(({ type }) => type === "reply").length;

  function leaseholder() {
    const leader = server({ options: { reads: "lease" } });
    leader.lead();
    leader.on({ type: "timer", name: "heartbeat" });
    leader.hear("n2", acknowledge(leader.state, 1, 1));
    return leader;
  }

  it("answers reads at once for a quarter of a time-out from when a round began that a majority answered", () => {
    const { ask, pass } = leaseholder();
    pass(TIMEOUT_NS / 4 - 1);
    expect(answers(ask(request(1, "read")))).toBe(1);
    pass(1);
    expect(answers(ask(request(2, "read")))).toBe(0);
  });

  it("gives its leases up for the term when it lets another stand for election", () => {
    const { state, on, hear, ask, pass } = leaseholder();
    hear("n3", acknowledge(state, 1, 1));
    on({ type: "operator", command: { type: "transfer-leadership", to: "n3" } });
    on({ type: "timer", name: "transfer" });
    pass(1);
    expect(answers(ask(request(1, "read")))).toBe(0);
  });
});
