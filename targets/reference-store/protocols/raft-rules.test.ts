import { describe, expect, it } from "vitest";
import { NS_PER_MS } from "../../../harness/clock/duration.ts";
import { Random } from "../../../harness/clock/random.ts";
import type { Json } from "../../../harness/history/operation.ts";
import { type OptionValues, resolveOptions } from "../../../harness/ports/options.ts";
import type { ClientRequest, DiskContents, Effect, NodeEvent } from "../frame.ts";
import { raft } from "./raft.ts";
import type { LogEntry, Message, RaftMessage } from "./raft-messages.ts";
import type { RaftState } from "./raft-state.ts";

const TIMEOUT_NS = 150 * NS_PER_MS;
const random = new Random(1);

function request(sequence: number, f = "write", client = "c1"): ClientRequest {
  return { client, sequence, f, key: "x", value: f === "read" ? null : sequence };
}

function entry(term: number, sequence = term): LogEntry {
  return { term, origin: "n1", timeNs: 0, request: request(sequence) };
}

interface Start {
  readonly term?: number;
  readonly votedFor?: string | null;
  readonly log?: readonly LogEntry[];
  readonly nodes?: readonly string[];
  readonly options?: OptionValues;
}

/** Server n1 of three, long after it started on a disk with the given state, and what it does with the next event. */
function server({
  term = 0,
  votedFor = null,
  log = [],
  nodes = ["n1", "n2", "n3"],
  options = {},
}: Start = {}) {
  const disk: DiskContents = {
    records: new Map(term === 0 ? [] : [["vote", { term, votedFor }]]),
    logs: new Map([["log a", log]]),
  };
  const config = {
    id: "n1",
    nodes,
    timeoutNs: TIMEOUT_NS,
    bugs: new Set<string>(),
    options: resolveOptions("raft", raft.options ?? {}, options),
  };
  let nowNs = 0;
  const context = () => ({ nowNs, monotonicNs: nowNs, random });
  const { state } = raft.start(config, disk, context());
  const pass = (durationNs: number) => {
    nowNs += durationNs;
  };
  pass(10 * TIMEOUT_NS);
  const on = (event: NodeEvent<RaftMessage>) => raft.handle(state, event, context());
  const hear = (from: string, message: RaftMessage) => on({ type: "message", from, message });
  const ask = (asked: ClientRequest) => on({ type: "request", request: asked });
  /** Wins the election of the next term with the votes of a majority. */
  const lead = () => {
    on({ type: "timer", name: "election" });
    const voters = nodes.slice(1, 1 + Math.floor(nodes.length / 2));
    const vote = (type: "PreVoteResponse" | "RequestVoteResponse") =>
      voters.flatMap((from) => hear(from, { type, term: state.currentTerm, voteGranted: true }));
    vote("PreVoteResponse");
    return vote("RequestVoteResponse");
  };
  return { state, on, hear, ask, lead, pass };
}

/** All entries that are in the log. */
function entriesOf({ log }: RaftState): readonly LogEntry[] {
  return log.from(log.snapshot.lastIndex + 1);
}

function sent(effects: readonly Effect<RaftMessage>[], to: string): RaftMessage[] {
  return effects.flatMap((effect) => (effect.type === "send" && effect.to === to ? [effect.message] : []));
}

function heartbeat(term: number): Message<"AppendEntries"> {
  const nothing = { prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 0 };
  return { type: "AppendEntries", term, round: 1, ...nothing };
}

function acknowledge(state: RaftState, index: number, round = 0): RaftMessage {
  return { type: "AppendEntriesResponse", term: state.currentTerm, success: true, index, round };
}

describe("a raft server", () => {
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
    expect(entriesOf(state)).toHaveLength(2);
    const answered = hear("n2", acknowledge(state, 2));
    expect(sent(answered, "n3")).toContainEqual(
      expect.objectContaining({ type: "ForwardedReply", sequence: 1 }),
    );
    expect(sent(hear("n3", forwarded), "n3")).toMatchObject([{ type: "ForwardedReply", sequence: 1 }]);
    expect(entriesOf(state)).toHaveLength(2);
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

  describe("before an election (dissertation, 9.6 and 4.2.3)", () => {
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

  describe("with snapshots (section 7)", () => {
    const options = { "snapshot-every": "2" };
    const requests = [request(1), request(2), request(3)];

    function leaderWithSnapshot() {
      const leader = server({ options });
      leader.lead();
      for (const asked of requests) leader.ask(asked);
      leader.hear("n2", acknowledge(leader.state, 4));
      return leader;
    }

    it("drops what is applied, and starts again on the snapshot", () => {
      const { state } = leaderWithSnapshot();
      expect(state.log.snapshot).toMatchObject({ lastIndex: 4, about: { lastTerm: 1 } });
      expect(entriesOf(state)).toEqual([]);
      const records = new Map<string, Json>([["snapshot", { snapshot: state.log.snapshot, file: "log b" }]]);
      const config = {
        id: "n1",
        nodes: ["n1"],
        timeoutNs: TIMEOUT_NS,
        bugs: new Set<string>(),
        options: resolveOptions("raft", raft.options ?? {}, options),
      };
      const again = raft.start(config, { records, logs: new Map() }, { nowNs: 0, random }).state;
      expect(again).toMatchObject({ commitIndex: 4, lastApplied: 4, members: ["n1", "n2", "n3"] });
      expect(again.machine.read(request(9, "read"))).toEqual({ type: "ok", value: 3 });
      expect(again.machine.applied(request(3))).toBe(true);
    });

    it("sends its snapshot to a follower that lacks what it dropped", () => {
      const { state, on, hear } = leaderWithSnapshot();
      expect(sent(on({ type: "timer", name: "heartbeat" }), "n3")).toMatchObject([
        { type: "InstallSnapshot", snapshot: { lastIndex: 4 } },
      ]);
      hear("n3", acknowledge(state, 4));
      expect(state.followers.get("n3")).toMatchObject({ matchIndex: 4, nextIndex: 5, inFlight: 0 });
    });

    it("installs a snapshot before it tells of it, and keeps only what follows an entry that agrees", () => {
      const { snapshot } = leaderWithSnapshot().state.log;
      const install: RaftMessage = { type: "InstallSnapshot", term: 1, snapshot, round: 7 };
      const rest = server({ term: 1, log: [1, 2, 3, 4, 5].map((i) => entry(1, i)) });
      const effects = rest.hear("n2", install);
      expect(entriesOf(rest.state)).toEqual([entry(1, 5)]);
      expect(effects.map(({ type }) => type).lastIndexOf("sync")).toBeLessThan(
        effects.findIndex(({ type }) => type === "send"),
      );
      expect(sent(effects, "n2")).toMatchObject([{ success: true, index: 4, round: 7 }]);
      const conflict = server({ term: 1, log: [1, 2, 3, 4, 5].map((i) => entry(0, i)) });
      conflict.hear("n2", install);
      expect(entriesOf(conflict.state)).toEqual([]);
      expect(conflict.state).toMatchObject({ commitIndex: 4, lastApplied: 4 });
    });

    it("takes no notice of a snapshot of what it has applied", () => {
      const { snapshot } = leaderWithSnapshot().state.log;
      const { state, hear } = server({ term: 1 });
      hear("n2", { type: "InstallSnapshot", term: 1, snapshot, round: 1 });
      const more = {
        ...heartbeat(1),
        prevLogIndex: 4,
        prevLogTerm: 1,
        entries: [entry(1, 9)],
        leaderCommit: 5,
      };
      hear("n2", more);
      hear("n2", { type: "InstallSnapshot", term: 1, snapshot, round: 1 });
      expect(state).toMatchObject({ commitIndex: 5, lastApplied: 5 });
    });

    it("compares entries from before its snapshot with nothing", () => {
      const { snapshot } = leaderWithSnapshot().state.log;
      const { state, hear } = server({ term: 1 });
      hear("n2", { type: "InstallSnapshot", term: 1, snapshot, round: 1 });
      const entries = [2, 3, 4, 5].map((i) => entry(1, i));
      const late = { ...heartbeat(1), prevLogIndex: 1, prevLogTerm: 1, entries, leaderCommit: 5 };
      expect(sent(hear("n2", late), "n2")).toMatchObject([{ success: true, index: 5 }]);
      expect(entriesOf(state)).toEqual([entry(1, 5)]);
    });
  });

  describe("whose configuration changes (dissertation, 4)", () => {
    const change = (...members: string[]): NodeEvent<RaftMessage> => ({
      type: "operator",
      command: { type: "change-membership", members },
    });
    const nodes = ["n1", "n2", "n3", "n4"];

    it("changes nothing before an entry of its term is committed (the bug of 2015)", () => {
      const { state, on, hear, lead } = server({ nodes });
      lead();
      on(change("n1", "n2", "n3"));
      expect(state.members).toEqual(nodes);
      hear("n2", acknowledge(state, 1));
      hear("n3", acknowledge(state, 1));
      expect(state.members).toEqual(["n1", "n2", "n3"]);
    });

    it("says who is in only as a leader that has committed an entry of its term", () => {
      const { state, hear, lead } = server({ nodes });
      expect(raft.members?.(state)).toBeUndefined();
      lead();
      expect(raft.members?.(state)).toBeUndefined();
      for (const from of ["n2", "n3"]) hear(from, acknowledge(state, 1));
      expect(raft.members?.(state)).toEqual(nodes);
    });

    it("takes one server out at a time, and goes by the new configuration at once", () => {
      const { state, on, hear, lead } = server({ nodes });
      lead();
      for (const from of ["n2", "n3"]) hear(from, acknowledge(state, 1));
      on(change("n1", "n2"));
      expect(state.members).toEqual(["n1", "n2", "n4"]);
      expect([...state.followers.keys()]).toEqual(["n2", "n4"]);
      hear("n2", acknowledge(state, 2));
      expect(state).toMatchObject({ members: ["n1", "n2"], commitIndex: 2 });
      hear("n2", acknowledge(state, 3));
      expect(state.commitIndex).toBe(3);
    });

    it("lets a new server have the log before it counts", () => {
      const { state, on, hear, lead } = server({ nodes });
      lead();
      for (const from of ["n2", "n3"]) hear(from, acknowledge(state, 1));
      on(change("n1", "n2", "n3"));
      for (const from of ["n2", "n3"]) hear(from, acknowledge(state, 2));
      on(change(...nodes));
      expect(state.members).toEqual(["n1", "n2", "n3"]);
      hear("n4", acknowledge(state, 2));
      expect(state.members).toEqual(nodes);
    });

    it("leads until its own removal is committed, without counting itself", () => {
      const { state, on, hear, lead } = server();
      lead();
      hear("n2", acknowledge(state, 1));
      on(change("n2", "n3"));
      hear("n2", acknowledge(state, 2));
      expect(state).toMatchObject({ role: "leader", commitIndex: 1 });
      hear("n3", acknowledge(state, 2));
      expect(state).toMatchObject({ role: "follower", commitIndex: 2 });
      expect(sent(on({ type: "timer", name: "election" }), "n2")).toEqual([]);
    });

    it("goes back to the configuration before one that is cut off", () => {
      const { state, hear } = server({ nodes });
      const members = ["n1", "n2", "n3"];
      hear("n2", { ...heartbeat(1), entries: [{ ...entry(1), request: null, members }] });
      expect(state.members).toEqual(members);
      hear("n3", { ...heartbeat(2), entries: [entry(2)] });
      expect(state.members).toEqual(nodes);
    });
  });

  describe("that hands over (dissertation, 3.10)", () => {
    const transfer: NodeEvent<RaftMessage> = {
      type: "operator",
      command: { type: "transfer-leadership", to: "n3" },
    };

    it("lets the target stand as soon as it has the whole log, and takes no request meanwhile", () => {
      const { state, on, hear, ask, lead } = server();
      lead();
      hear("n2", acknowledge(state, 1));
      expect(sent(on(transfer), "n3")).toEqual([]);
      ask(request(1));
      expect(state.log.lastIndex).toBe(1);
      expect(sent(hear("n3", acknowledge(state, 1)), "n3")).toEqual([{ type: "TimeoutNow", term: 1 }]);
    });

    it("serves again when the target does not take over in time", () => {
      const { state, on, ask, lead } = server();
      lead();
      on(transfer);
      on({ type: "timer", name: "transfer" });
      ask(request(1));
      expect(state.log.lastIndex).toBe(2);
    });

    it("stands for election at once when it is told to, without asking who would vote", () => {
      const { state, hear } = server({ term: 1 });
      expect(hear("n2", { type: "TimeoutNow", term: 0 })).toEqual([]);
      const effects = hear("n2", { type: "TimeoutNow", term: 1 });
      expect(sent(effects, "n3")).toMatchObject([{ type: "RequestVote", term: 2, transfer: true }]);
      expect(state.role).toBe("candidate");
    });
  });

  describe("with leases (dissertation, 6.4.1)", () => {
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
});
