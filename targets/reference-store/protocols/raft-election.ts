import { submitAgain } from "./raft-clients.ts";
import { appendToLog } from "./raft-log.ts";
import type { Message } from "./raft-messages.ts";
import { resetElectionTimer } from "./raft-roles.ts";
import { chooseFollowers, type Effects, quorum, type RaftState, termAt } from "./raft-state.ts";

// Leader election (section 5.2, and 5.4.1 for who may win), with a pre-vote before it (dissertation, 9.6) unless that is
// switched off: a server begins a new term only when a majority would vote for it.

export function onElectionTimeout(raft: RaftState, effects: Effects): void {
  resetElectionTimer(raft, effects);
  // Removed, and that for good. Until that is committed it might still be needed (4.2.2).
  if (!raft.members.includes(raft.id) && raft.membersIndex <= raft.commitIndex) return;
  if (!raft.preVote) {
    startElection(raft, false, effects);
    return;
  }
  raft.role = "pre-candidate";
  raft.leader = null;
  raft.votes = new Set([raft.id]);
  effects.log(`would stand for election in term ${raft.currentTerm + 1}`);
  askForVotes(raft, { type: "PreVote" }, effects);
  if (elected(raft)) startElection(raft, false, effects);
}

export function onPreVote(
  raft: RaftState,
  candidate: string,
  { term, ...log }: Message<"PreVote">,
  effects: Effects,
): void {
  const voteGranted = term === raft.currentTerm && upToDate(raft, log);
  effects.send(candidate, { type: "PreVoteResponse", term: raft.currentTerm, voteGranted });
}

export function onPreVoteResponse(
  raft: RaftState,
  voter: string,
  { term, voteGranted }: Message<"PreVoteResponse">,
  effects: Effects,
): void {
  if (raft.role !== "pre-candidate" || term !== raft.currentTerm || !voteGranted) return;
  raft.votes.add(voter);
  if (elected(raft)) startElection(raft, false, effects);
}

/** A leader hands over to this server. */
export function onTimeoutNow(raft: RaftState, { term }: Message<"TimeoutNow">, effects: Effects): void {
  if (term === raft.currentTerm && raft.role !== "leader") startElection(raft, true, effects);
}

function startElection(raft: RaftState, transfer: boolean, effects: Effects): void {
  raft.currentTerm++;
  raft.role = "candidate";
  raft.leader = null;
  raft.votedFor = raft.id;
  raft.votes = new Set([raft.id]);
  persistVote(raft, effects);
  resetElectionTimer(raft, effects);
  effects.log(`candidate in term ${raft.currentTerm}`);
  askForVotes(raft, { type: "RequestVote", transfer }, effects);
  if (elected(raft)) becomeLeader(raft, effects);
}

export function onRequestVote(
  raft: RaftState,
  candidate: string,
  { term, ...log }: Message<"RequestVote">,
  effects: Effects,
): void {
  const voteGranted =
    term === raft.currentTerm &&
    (raft.votedFor === null || raft.votedFor === candidate) &&
    upToDate(raft, log);
  if (voteGranted) {
    raft.votedFor = candidate;
    persistVote(raft, effects);
    resetElectionTimer(raft, effects);
  }
  effects.send(candidate, { type: "RequestVoteResponse", term: raft.currentTerm, voteGranted });
}

export function onRequestVoteResponse(
  raft: RaftState,
  voter: string,
  { term, voteGranted }: Message<"RequestVoteResponse">,
  effects: Effects,
): void {
  if (raft.role !== "candidate" || term !== raft.currentTerm || !voteGranted) return;
  raft.votes.add(voter);
  if (elected(raft)) becomeLeader(raft, effects);
}

function becomeLeader(raft: RaftState, effects: Effects): void {
  effects.cancelTimer("election");
  effects.log(`leader in term ${raft.currentTerm}, elected by ${[...raft.votes].join(", ")}`);
  raft.role = "leader";
  raft.leader = raft.id;
  raft.followers = new Map();
  chooseFollowers(raft);
  raft.termStartIndex = raft.log.lastIndex + 1;
  raft.proposals = new Map();
  raft.transferTo = null;
  raft.reads = [];
  raft.round = 0;
  raft.confirmedRound = 0;
  raft.roundAtLastQuorumCheck = 0;
  raft.roundStartsNs = new Map();
  raft.leaseUntilNs = Number.NEGATIVE_INFINITY;
  raft.leasesGivenUp = false;
  effects.setTimer("heartbeat", raft.timeoutNs / 4);
  effects.setTimer("quorum", 2 * raft.timeoutNs);
  appendToLog(raft, raft.id, "no-op", effects);
  submitAgain(raft, effects);
}

/** A term begins, in which it has voted for nobody. */
export function enterTerm(raft: RaftState, term: number, effects: Effects): void {
  raft.currentTerm = term;
  raft.votedFor = null;
  persistVote(raft, effects);
}

function persistVote(raft: RaftState, effects: Effects): void {
  if (raft.bugs.has("vote-not-persisted")) return;
  effects.write("vote", { term: raft.currentTerm, votedFor: raft.votedFor });
  effects.sync();
}

type Question = { readonly type: "PreVote" } | { readonly type: "RequestVote"; readonly transfer: boolean };

function askForVotes(raft: RaftState, question: Question, effects: Effects): void {
  const lastLogIndex = raft.log.lastIndex;
  const about = { term: raft.currentTerm, lastLogIndex, lastLogTerm: termAt(raft, lastLogIndex) };
  for (const peer of raft.members) if (peer !== raft.id) effects.send(peer, { ...question, ...about });
}

function upToDate(
  raft: RaftState,
  { lastLogIndex, lastLogTerm }: Pick<Message<"RequestVote">, "lastLogIndex" | "lastLogTerm">,
): boolean {
  if (raft.bugs.has("vote-without-log")) return true;
  const ownLastTerm = termAt(raft, raft.log.lastIndex);
  return lastLogTerm > ownLastTerm || (lastLogTerm === ownLastTerm && lastLogIndex >= raft.log.lastIndex);
}

/** Whether a majority of the members votes for it. A server that is no member does not count, not even itself. */
function elected(raft: RaftState): boolean {
  return raft.members.filter((member) => raft.votes.has(member)).length >= quorum(raft);
}
