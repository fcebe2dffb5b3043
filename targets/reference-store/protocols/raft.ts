import { EffectList } from "../effect-list.ts";
import type { ClientRequest, DiskContents, EventContext, NodeConfig, Protocol } from "../frame.ts";
import { answer, appendToLog, beginRound, onAppendEntries, onAppendEntriesResponse } from "./raft-log.ts";
import { becomeFollower, resetElectionTimer } from "./raft-roles.ts";
import {
  type Effects,
  type Message,
  majority,
  type RaftMessage,
  type RaftState,
  restoredState,
  termAt,
} from "./raft-state.ts";

/**
 * Raft, without membership changes and log compaction. Beside the paper:
 * - a server passes its clients' requests to the leader, again and again until one answers; sessions make a request
 *   that arrives twice count once;
 * - the leader sends entries to a follower one batch at a time, whatever has gathered meanwhile in the next;
 * - reads follow dissertation section 6.4: the leader notes its commit index (at least the index of its own no-op, which
 *   is only then known to cover all earlier terms), learns from a majority, in a round of heartbeats begun
 *   after the read came in, that it still leads, and answers when that index is applied;
 * - a leader that hears of no majority for two time-outs steps down (section 6.2), so that its clients are told.
 *
 * Where the paper waits for stable storage, a `sync` goes before the message. A leader counts its own log entry
 * towards the majority at once: the reply that follows from it waits behind the sync of that entry.
 */
export const raft: Protocol<RaftState, RaftMessage> = {
  name: "raft",
  promises: [{ consistency: "linearizable", workload: "register" }],
  operations: ["read", "write", "cas"],
  source:
    "Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm (2014); Ongaro's dissertation, 3 and 6",
  description:
    "A leader, elected by a majority, orders everything in a log that a majority holds before it counts.",
  bugs: {},
  start,
  handle(raft, event, context) {
    const effects: Effects = new EffectList();
    if (event.type === "message") onMessage(raft, event.from, event.message, context, effects);
    else if (event.type === "timer") onTimer(raft, event, context, effects);
    else if (event.type === "request") onClientRequest(raft, event.request, effects);
    return effects.effects;
  },
  leads: (raft) => raft.role === "leader",
};

function start(config: NodeConfig, disk: DiskContents, context: EventContext) {
  const state = restoredState(config, disk);
  const effects: Effects = new EffectList();
  effects.log(`follower in term ${state.currentTerm} with ${state.log.length} log entries`);
  resetElectionTimer(state, context, effects);
  return { state, effects: effects.effects };
}

function onTimer(raft: RaftState, timer: { name: string }, context: EventContext, effects: Effects): void {
  switch (timer.name) {
    case "election":
      startElection(raft, context, effects);
      return;
    case "heartbeat":
      for (const follower of raft.followers.values()) follower.inFlight = 0;
      beginRound(raft, effects);
      effects.setTimer("heartbeat", raft.timeoutNs / 4);
      return;
    case "quorum":
      if (raft.confirmedRound === raft.roundAtLastQuorumCheck && raft.peers.length > 0) {
        effects.log(`no majority answered for two time-outs in term ${raft.currentTerm}`);
        becomeFollower(raft, null, context, effects);
        return;
      }
      raft.roundAtLastQuorumCheck = raft.confirmedRound;
      effects.setTimer("quorum", 2 * raft.timeoutNs);
      return;
    case "resubmit":
      for (const request of raft.pending) submit(raft, request, effects);
      if (raft.pending.size > 0) effects.setTimer("resubmit", raft.timeoutNs);
  }
}

function onMessage(
  raft: RaftState,
  from: string,
  message: RaftMessage,
  context: EventContext,
  effects: Effects,
): void {
  if ("term" in message && message.term > raft.currentTerm) {
    raft.currentTerm = message.term;
    raft.votedFor = null;
    persistVote(raft, effects);
    becomeFollower(raft, null, context, effects);
  }
  switch (message.type) {
    case "RequestVote":
      onRequestVote(raft, from, message, context, effects);
      return;
    case "RequestVoteResponse":
      onRequestVoteResponse(raft, from, message, effects);
      return;
    case "AppendEntries":
      onAppendEntries(raft, from, message, context, effects);
      return;
    case "AppendEntriesResponse":
      onAppendEntriesResponse(raft, from, message, effects);
      return;
    case "ForwardedRequest":
      if (raft.role === "leader") serve(raft, from, message.request, effects);
      return;
    case "ForwardedReply":
      answer(raft, raft.id, message, message.reply, effects);
      return;
  }
}

// Leader election (section 5.2, and 5.4.1 for who may win).

function startElection(raft: RaftState, context: EventContext, effects: Effects): void {
  raft.currentTerm++;
  raft.role = "candidate";
  raft.leader = null;
  raft.votedFor = raft.id;
  raft.votes = new Set([raft.id]);
  persistVote(raft, effects);
  resetElectionTimer(raft, context, effects);
  effects.log(`candidate in term ${raft.currentTerm}`);
  const term = raft.currentTerm;
  const lastLogIndex = raft.log.length;
  for (const peer of raft.peers) {
    effects.send(peer, { type: "RequestVote", term, lastLogIndex, lastLogTerm: termAt(raft, lastLogIndex) });
  }
  if (raft.votes.size >= majority(raft)) becomeLeader(raft, effects);
}

function onRequestVote(
  raft: RaftState,
  candidate: string,
  { term, lastLogIndex, lastLogTerm }: Message<"RequestVote">,
  context: EventContext,
  effects: Effects,
): void {
  const ownLastTerm = termAt(raft, raft.log.length);
  const upToDate =
    lastLogTerm > ownLastTerm || (lastLogTerm === ownLastTerm && lastLogIndex >= raft.log.length);
  const voteGranted =
    term === raft.currentTerm && upToDate && (raft.votedFor === null || raft.votedFor === candidate);
  if (voteGranted) {
    raft.votedFor = candidate;
    persistVote(raft, effects);
    resetElectionTimer(raft, context, effects);
  }
  effects.send(candidate, { type: "RequestVoteResponse", term: raft.currentTerm, voteGranted });
}

function onRequestVoteResponse(
  raft: RaftState,
  voter: string,
  { term, voteGranted }: Message<"RequestVoteResponse">,
  effects: Effects,
): void {
  if (raft.role !== "candidate" || term !== raft.currentTerm || !voteGranted) return;
  raft.votes.add(voter);
  if (raft.votes.size >= majority(raft)) becomeLeader(raft, effects);
}

function becomeLeader(raft: RaftState, effects: Effects): void {
  effects.cancelTimer("election");
  effects.log(`leader in term ${raft.currentTerm}, elected by ${[...raft.votes].join(", ")}`);
  raft.role = "leader";
  raft.leader = raft.id;
  const nextIndex = raft.log.length + 1;
  raft.followers = new Map(
    raft.peers.map((peer) => [peer, { nextIndex, matchIndex: 0, inFlight: 0, round: 0 }]),
  );
  raft.termStartIndex = nextIndex;
  raft.proposals = new Map();
  raft.reads = [];
  raft.round = 0;
  raft.confirmedRound = 0;
  raft.roundAtLastQuorumCheck = 0;
  appendToLog(raft, raft.id, null, effects);
  effects.setTimer("heartbeat", raft.timeoutNs / 4);
  effects.setTimer("quorum", 2 * raft.timeoutNs);
  for (const request of raft.pending) submit(raft, request, effects);
}

// Clients (dissertation chapter 6).

function onClientRequest(raft: RaftState, request: ClientRequest, effects: Effects): void {
  if (raft.leader === null) {
    const message = `${raft.id} knows no leader in term ${raft.currentTerm}`;
    effects.reply(request, { type: "error", code: "no-leader", message, definite: true });
    return;
  }
  if (raft.pending.size === 0) effects.setTimer("resubmit", raft.timeoutNs);
  raft.pending.add(request);
  submit(raft, request, effects);
}

function submit(raft: RaftState, request: ClientRequest, effects: Effects): void {
  if (raft.role === "leader") serve(raft, raft.id, request, effects);
  else if (raft.leader !== null) effects.send(raft.leader, { type: "ForwardedRequest", request });
}

function serve(raft: RaftState, origin: string, request: ClientRequest, effects: Effects): void {
  if (raft.machine.isRead(request)) {
    enqueueRead(raft, origin, request, effects);
    return;
  }
  if (raft.machine.applied(request)) {
    const reply = raft.machine.replyTo(request);
    if (reply !== undefined) answer(raft, origin, request, reply, effects);
  } else if (raft.proposals.get(request.client) !== request.sequence) {
    raft.proposals.set(request.client, request.sequence);
    appendToLog(raft, origin, request, effects);
  }
}

function enqueueRead(raft: RaftState, origin: string, request: ClientRequest, effects: Effects): void {
  const readIndex = Math.max(raft.commitIndex, raft.termStartIndex);
  raft.reads.push({ request, origin, readIndex, round: raft.round + 1 });
  if (raft.confirmedRound === raft.round) beginRound(raft, effects);
}

function persistVote(raft: RaftState, effects: Effects): void {
  effects.write("vote", { term: raft.currentTerm, votedFor: raft.votedFor });
  effects.sync();
}
