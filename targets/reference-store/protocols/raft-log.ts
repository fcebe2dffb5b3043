import { invariant } from "../../../harness/errors.ts";
import { MAX_BATCH } from "../batch.ts";
import type { ClientRequest, EventContext, Reply } from "../frame.ts";
import { becomeFollower, resetElectionTimer } from "./raft-roles.ts";
import {
  type Effects,
  type Follower,
  firstIndexOfTermAt,
  type LogEntry,
  type Message,
  type RaftState,
  reachedByMajority,
  termAt,
  type WaitingRead,
} from "./raft-state.ts";

// Log replication (section 5.3, and 5.4.2 for what a leader may commit).

export function appendToLog(
  raft: RaftState,
  origin: string,
  request: ClientRequest | null,
  effects: Effects,
): void {
  const entry = { term: raft.currentTerm, origin, request };
  raft.log.push(entry);
  effects.append("log", [entry]);
  effects.sync();
  for (const [peer, follower] of raft.followers) {
    if (follower.inFlight === 0) sendEntries(raft, peer, follower, effects);
  }
  advanceCommitIndex(raft, effects);
}

/** Sends what the follower lacks, or a mere heartbeat while entries are under way to it. */
function sendEntries(raft: RaftState, to: string, follower: Follower, effects: Effects): void {
  const prevLogIndex = follower.nextIndex - 1;
  const entries = follower.inFlight > 0 ? [] : raft.log.slice(prevLogIndex, prevLogIndex + MAX_BATCH);
  if (entries.length > 0) follower.inFlight = prevLogIndex + entries.length;
  effects.send(to, {
    type: "AppendEntries",
    term: raft.currentTerm,
    prevLogIndex,
    prevLogTerm: termAt(raft, prevLogIndex),
    entries,
    leaderCommit: raft.commitIndex,
    round: raft.round,
  });
}

export function onAppendEntries(
  raft: RaftState,
  leader: string,
  { term, prevLogIndex, prevLogTerm, entries, leaderCommit, round }: Message<"AppendEntries">,
  context: EventContext,
  effects: Effects,
): void {
  const respond = (success: boolean, index: number) =>
    effects.send(leader, { type: "AppendEntriesResponse", term: raft.currentTerm, success, index, round });
  if (term < raft.currentTerm) {
    // The sender may lead again in the term that this tells of: none of its rounds there is meant.
    const refusal = { term: raft.currentTerm, success: false, index: 0, round: 0 };
    effects.send(leader, { type: "AppendEntriesResponse", ...refusal });
    return;
  }
  invariant(raft.role !== "leader", `${raft.id} and ${leader} both lead term ${term}`);
  becomeFollower(raft, leader, context, effects);
  resetElectionTimer(raft, context, effects);
  if (prevLogIndex > raft.log.length) {
    respond(false, raft.log.length + 1);
    return;
  }
  if (termAt(raft, prevLogIndex) !== prevLogTerm) {
    respond(false, firstIndexOfTermAt(raft, prevLogIndex));
    return;
  }

  const conflict = entries.findIndex((entry, i) => termAt(raft, prevLogIndex + 1 + i) !== entry.term);
  if (conflict >= 0) {
    const agreed = prevLogIndex + conflict;
    if (agreed < raft.log.length) {
      invariant(agreed >= raft.commitIndex, `${raft.id} cuts entry ${agreed + 1}, which is committed`);
      raft.log.length = agreed;
      effects.truncate("log", agreed);
    }
    const fresh = entries.slice(conflict);
    raft.log.push(...fresh);
    effects.append("log", fresh);
    effects.sync();
  }
  const matchIndex = prevLogIndex + entries.length;
  raft.commitIndex = Math.max(raft.commitIndex, Math.min(leaderCommit, matchIndex));
  applyCommitted(raft, effects);
  respond(true, matchIndex);
}

export function onAppendEntriesResponse(
  raft: RaftState,
  from: string,
  { term, success, index, round }: Message<"AppendEntriesResponse">,
  effects: Effects,
): void {
  const follower = raft.followers.get(from);
  if (raft.role !== "leader" || term !== raft.currentTerm || follower === undefined) return;
  // Whatever the follower says of the log, it says so as a follower of this term.
  invariant(round <= raft.round, `${from} answers round ${round} of ${raft.round} in term ${term}`);
  follower.round = Math.max(follower.round, round);
  if (success) {
    follower.matchIndex = Math.max(follower.matchIndex, index);
    follower.nextIndex = Math.max(follower.nextIndex, follower.matchIndex + 1);
    if (follower.matchIndex >= follower.inFlight) follower.inFlight = 0;
  } else if (index > 0 && index < follower.nextIndex) {
    follower.nextIndex = Math.max(follower.matchIndex + 1, index);
    follower.inFlight = 0;
  }
  if (follower.inFlight === 0 && follower.nextIndex <= raft.log.length) {
    sendEntries(raft, from, follower, effects);
  }
  advanceCommitIndex(raft, effects);
  confirmRounds(raft, effects);
}

function advanceCommitIndex(raft: RaftState, effects: Effects): void {
  const index = reachedByMajority(raft, raft.log.length, (follower) => follower.matchIndex);
  if (index <= raft.commitIndex || termAt(raft, index) !== raft.currentTerm) return;
  raft.commitIndex = index;
  applyCommitted(raft, effects);
  serveReads(raft, effects);
}

function applyCommitted(raft: RaftState, effects: Effects): void {
  while (raft.lastApplied < raft.commitIndex) {
    const { term, origin, request } = raft.log[raft.lastApplied++] as LogEntry;
    if (request === null) continue;
    const reply = raft.machine.apply(request);
    if (raft.role !== "leader" || term !== raft.currentTerm) continue;
    if (raft.proposals.get(request.client) === request.sequence) raft.proposals.delete(request.client);
    if (reply !== undefined) answer(raft, origin, request, reply, effects);
  }
}

// Rounds of heartbeats, and the reads that wait for them (dissertation section 6.4).

export function beginRound(raft: RaftState, effects: Effects): void {
  raft.round++;
  for (const [peer, follower] of raft.followers) sendEntries(raft, peer, follower, effects);
  confirmRounds(raft, effects);
}

function confirmRounds(raft: RaftState, effects: Effects): void {
  const round = reachedByMajority(raft, raft.round, (follower) => follower.round);
  if (round <= raft.confirmedRound) return;
  raft.confirmedRound = round;
  serveReads(raft, effects);
  if (round === raft.round && raft.reads.some((read) => read.round > round)) beginRound(raft, effects);
}

function serveReads(raft: RaftState, effects: Effects): void {
  if (raft.reads.length === 0) return;
  const waiting: WaitingRead[] = [];
  for (const read of raft.reads) {
    if (read.round > raft.confirmedRound || read.readIndex > raft.lastApplied) waiting.push(read);
    else {
      answer(raft, read.origin, read.request, raft.machine.read(read.request), effects);
    }
  }
  raft.reads = waiting;
}

/** Brings a reply to the node whose client waits for it. */
export function answer(
  raft: RaftState,
  origin: string,
  { client, sequence }: Pick<ClientRequest, "client" | "sequence">,
  reply: Reply,
  effects: Effects,
): void {
  if (origin !== raft.id) effects.send(origin, { type: "ForwardedReply", client, sequence, reply });
  else if (raft.pending.take(client, sequence)) effects.reply({ client, sequence }, reply);
}
