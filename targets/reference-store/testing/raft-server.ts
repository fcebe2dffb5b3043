import { NS_PER_MS } from "../../../harness/clock/duration.ts";
import { Random } from "../../../harness/clock/random.ts";
import { type OptionValues, resolveOptions } from "../../../harness/ports/options.ts";
import type { ClientRequest, DiskContents, Effect, NodeEvent } from "../frame.ts";
import { raft } from "../protocols/raft.ts";
import type { LogEntry, Message, RaftMessage } from "../protocols/raft-messages.ts";
import type { RaftState } from "../protocols/raft-state.ts";

export const TIMEOUT_NS = 150 * NS_PER_MS;
const random = new Random(1);

export function request(sequence: number, f = "write", client = "c1"): ClientRequest {
  return { client, sequence, f, key: "x", value: f === "read" ? null : sequence };
}

export function entry(term: number, sequence = term): LogEntry {
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
export function server({
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
export function entriesOf({ log }: RaftState): readonly LogEntry[] {
  return log.from(log.snapshot.lastIndex + 1);
}

export function sent(effects: readonly Effect<RaftMessage>[], to: string): RaftMessage[] {
  return effects.flatMap((effect) => (effect.type === "send" && effect.to === to ? [effect.message] : []));
}

export function heartbeat(term: number): Message<"AppendEntries"> {
  const nothing = { prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 0 };
  return { type: "AppendEntries", term, round: 1, ...nothing };
}

export function acknowledge(state: RaftState, index: number, round = 0): RaftMessage {
  return { type: "AppendEntriesResponse", term: state.currentTerm, success: true, index, round };
}
