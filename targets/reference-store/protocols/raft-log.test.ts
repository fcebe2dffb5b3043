import { describe, expect, it } from "vitest";
import { acknowledge, entriesOf, entry, sent, server } from "../testing/raft-server.ts";

describe("the log of a raft server", () => {
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
    expect(entriesOf(state)).toEqual([entry(1, 1), entry(3, 4)]);
    expect(state.commitIndex).toBe(1);
    expect(effects).toContainEqual({ type: "truncate", name: "log a", length: 1 });
    expect(effects).toContainEqual({ type: "append", name: "log a", entries: [entry(3, 4)] });
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

  it("takes for committed only what it knows to agree with the leader", () => {
    const { state, hear } = server({ term: 2, log: [entry(1), entry(2, 2), entry(2, 3)] });
    const probe = { type: "AppendEntries", term: 3, entries: [], leaderCommit: 3, round: 1 } as const;
    hear("n2", { ...probe, prevLogIndex: 1, prevLogTerm: 1 });
    expect(state.commitIndex).toBe(1);
  });
});
