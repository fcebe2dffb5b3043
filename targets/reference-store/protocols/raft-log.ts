import type { ClientRequest } from "../frame.ts";
import type { LogEntry, Message } from "./raft-messages.ts";
import { answer, serveReads } from "./raft-reads.ts";
import { replicateToIdle } from "./raft-replication.ts";
import { becomeFollower, hearLeader } from "./raft-roles.ts";
import { takeSnapshot } from "./raft-snapshot.ts";
import {
  adoptConfiguration,
  type Effects,
  firstIndexOfTermAt,
  type RaftState,
  reachedByMajority,
  termAt,
} from "./raft-state.ts";

// Log replication (section 5.3, and 5.4.2 for what a leader may commit).

/** The leader takes an entry in. */
export function appendToLog(
  raft: RaftState,
  origin: string,
  content: { readonly request: ClientRequest } | { readonly members: readonly string[] } | "no-op",
  effects: Effects,
): void {
  const { nowNs: timeNs } = effects.context;
  const about = content === "no-op" ? {} : content;
  extendLog(raft, [{ term: raft.currentTerm, origin, timeNs, request: null, ...about }], effects);
  replicateToIdle(raft, effects);
  advanceCommitIndex(raft, effects);
}

function extendLog(raft: RaftState, entries: readonly LogEntry[], effects: Effects): void {
  raft.log.append(entries, effects);
  if (!raft.bugs.has("ack-before-fsync")) effects.sync();
  if (entries.some(({ members }) => members !== undefined)) adoptConfiguration(raft);
}

export function onAppendEntries(
  raft: RaftState,
  leader: string,
  { term, prevLogIndex, prevLogTerm, entries, leaderCommit, round }: Message<"AppendEntries">,
  effects: Effects,
): void {
  const respond = (success: boolean, index: number) =>
    effects.send(leader, { type: "AppendEntriesResponse", term: raft.currentTerm, success, index, round });
  if (term < raft.currentTerm) {
    refuse(raft, leader, effects);
    return;
  }
  hearLeader(raft, leader, effects);
  const { lastIndex: snapshotIndex } = raft.log.snapshot;
  if (prevLogIndex > raft.log.lastIndex) {
    respond(false, raft.log.lastIndex + 1);
    return;
  }
  // What a snapshot stands for is committed: there every log agrees.
  if (prevLogIndex > snapshotIndex && termAt(raft, prevLogIndex) !== prevLogTerm) {
    respond(false, firstIndexOfTermAt(raft, prevLogIndex));
    return;
  }

  const agreedIndex = Math.max(prevLogIndex, snapshotIndex);
  const rest = entries.slice(agreedIndex - prevLogIndex);
  const conflict = raft.bugs.has("truncate-always")
    ? 0
    : rest.findIndex((entry, i) => termAt(raft, agreedIndex + 1 + i) !== entry.term);
  if (conflict >= 0) {
    truncateLog(raft, agreedIndex + conflict, effects);
    extendLog(raft, rest.slice(conflict), effects);
  }
  const matchIndex = prevLogIndex + entries.length;
  // Entries behind those may be of another leader.
  raft.commitIndex = Math.max(raft.commitIndex, Math.min(leaderCommit, matchIndex));
  applyCommitted(raft, effects);
  respond(true, matchIndex);
}

function truncateLog(raft: RaftState, lastIndex: number, effects: Effects): void {
  if (lastIndex >= raft.log.lastIndex) return;
  raft.log.truncateAfter(lastIndex, effects);
  adoptConfiguration(raft);
}

/** To a leader of an old term. It may lead again in the term that this tells of: none of its rounds there is meant. */
export function refuse(raft: RaftState, leader: string, effects: Effects): void {
  const refusal = { term: raft.currentTerm, success: false, index: 0, round: 0 };
  effects.send(leader, { type: "AppendEntriesResponse", ...refusal });
}

export function advanceCommitIndex(raft: RaftState, effects: Effects): void {
  const index = raft.bugs.has("ack-before-majority")
    ? raft.log.lastIndex
    : reachedByMajority(raft, raft.log.lastIndex, (follower) => follower.matchIndex);
  if (index <= raft.commitIndex) return;
  if (termAt(raft, index) !== raft.currentTerm) return;
  raft.commitIndex = index;
  applyCommitted(raft, effects);
  serveReads(raft, effects);
  // A leader that removed itself leads until that is committed (dissertation, 4.2.2).
  if (!raft.members.includes(raft.id) && raft.membersIndex <= raft.commitIndex) {
    becomeFollower(raft, null, effects);
  }
}

function applyCommitted(raft: RaftState, effects: Effects): void {
  while (raft.lastApplied < raft.commitIndex) {
    const { term, origin, request, timeNs } = raft.log.at(++raft.lastApplied) as LogEntry;
    if (request === null) continue;
    const ownTime = raft.bugs.has("lease-by-replica-clock") ? effects.context.nowNs : timeNs;
    const reply = raft.machine.apply(request, ownTime);
    if (raft.role !== "leader" || term !== raft.currentTerm) continue;
    if (raft.proposals.get(request.client) === request.sequence) raft.proposals.delete(request.client);
    if (reply !== undefined) answer(raft, origin, request, reply, effects);
  }
  if (raft.lastApplied - raft.log.snapshot.lastIndex >= raft.snapshotEvery) takeSnapshot(raft, effects);
}
