import type { OptionTable } from "../../../harness/ports/options.ts";
import { FORWARD } from "../forwarded-requests.ts";
import type { DiskContents, EventContext, NodeConfig, Operator, Protocol } from "../frame.ts";
import { Registers } from "../registers.ts";
import type { StateMachine } from "../state-machine.ts";
import { raftBugs } from "./raft-bugs.ts";
import { onClientRequest, serve, submitAgain } from "./raft-clients.ts";
import {
  enterTerm,
  onElectionTimeout,
  onPreVote,
  onPreVoteResponse,
  onRequestVote,
  onRequestVoteResponse,
  onTimeoutNow,
} from "./raft-election.ts";
import { advanceCommitIndex, onAppendEntries, refuse } from "./raft-log.ts";
import { approachGoal, evictSilent, onChangeMembership } from "./raft-membership.ts";
import type { Message, RaftMessage } from "./raft-messages.ts";
import { answer, beginRound, confirmRounds, stillLeads } from "./raft-reads.ts";
import { replicate } from "./raft-replication.ts";
import { becomeFollower, keepsToLeader, resetElectionTimer } from "./raft-roles.ts";
import { onInstallSnapshot } from "./raft-snapshot.ts";
import { Effects, type RaftState, restoredState } from "./raft-state.ts";
import { advanceTransfer, onTransferLeadership, onTransferTimeout } from "./raft-transfer.ts";

const options: OptionTable = {
  reads: {
    description: "whether a leader asks a majority before it answers a read, or goes by its lease",
    default: "quorum",
    values: ["quorum", "lease"],
  },
  "pre-vote": {
    description: "whether a server asks who would vote for it before it begins a term",
    default: "yes",
    values: ["yes", "no"],
  },
  "snapshot-every": {
    description: "after how many entries a server takes a snapshot and drops them",
    default: "50",
    problem: (value) => (/^[1-9]\d{0,8}$/.test(value) ? undefined : "must be a whole number of at least 1"),
  },
};

/**
 * Raft over any state machine. Beside the paper:
 * - the leader sends entries to a follower one batch at a time, whatever has gathered meanwhile in the next;
 * - a leader that hears of no majority for two time-outs steps down (dissertation, 6.2), so that its clients are told;
 * - every entry has the leader's time, for machines that go by time.
 *
 * Where the paper waits for stable storage, a `sync` goes before the message. A leader counts its own log entry
 * towards the majority at once: the reply that follows from it waits behind the sync of that entry.
 *
 * Lease reads (`reads=lease`) need clocks whose speeds differ by at most a factor of four, over any time-out; how far
 * they are off does not matter, since leases go by clocks that do not jump.
 */
export function raftOver(
  machine: (config: NodeConfig) => StateMachine,
): Pick<
  Protocol<RaftState, RaftMessage>,
  "source" | "options" | "operable" | "start" | "handle" | "leads" | "members" | "phase"
> {
  return {
    source:
      "Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm (2014); Ongaro's dissertation, 3 to 6 and 9.6",
    options,
    operable: ["change-membership", "transfer-leadership"],
    start: (config, disk, context) => start(config, machine(config), disk, context),
    handle(raft, event, context) {
      const effects = new Effects(context);
      if (event.type === "message") onMessage(raft, event.from, event.message, effects);
      else if (event.type === "timer") onTimer(raft, event.name, effects);
      else if (event.type === "request") onClientRequest(raft, event.request, effects);
      else onOperator(raft, event.command, effects);
      return effects.effects;
    },
    leads: (raft) => raft.role === "leader",
    members: knownMembers,
    phase,
  };
}

export const raft: Protocol<RaftState, RaftMessage> = {
  name: "raft",
  promises: [
    { consistency: "linearizable", workload: "register" },
    { consistency: "linearizable", workload: "register", targetOptions: { reads: "lease" } },
  ],
  operations: ["read", "write", "cas"],
  description:
    "A leader, elected by a majority, orders everything in a log that a majority holds before it counts.",
  bugs: raftBugs,
  ...raftOver(() => new Registers()),
};

function start(config: NodeConfig, machine: StateMachine, disk: DiskContents, context: EventContext) {
  const state = restoredState(config, machine, disk, context);
  const effects = new Effects(context);
  effects.log(`follower in term ${state.currentTerm} with a log up to ${state.log.lastIndex}`);
  resetElectionTimer(state, effects);
  return { state, effects: effects.effects };
}

function onMessage(raft: RaftState, from: string, message: RaftMessage, effects: Effects): void {
  if (isElection(message) && keepsToLeader(raft, effects)) return;
  if ("term" in message && message.term > raft.currentTerm) {
    enterTerm(raft, message.term, effects);
    becomeFollower(raft, null, effects);
  }
  switch (message.type) {
    case "PreVote":
      onPreVote(raft, from, message, effects);
      return;
    case "PreVoteResponse":
      onPreVoteResponse(raft, from, message, effects);
      return;
    case "RequestVote":
      onRequestVote(raft, from, message, effects);
      return;
    case "RequestVoteResponse":
      onRequestVoteResponse(raft, from, message, effects);
      return;
    case "AppendEntries":
      onAppendEntries(raft, from, message, effects);
      return;
    case "InstallSnapshot":
      if (message.term < raft.currentTerm) refuse(raft, from, effects);
      else onInstallSnapshot(raft, from, message, effects);
      return;
    case "AppendEntriesResponse":
      onAppendEntriesResponse(raft, from, message, effects);
      return;
    case "TimeoutNow":
      onTimeoutNow(raft, message, effects);
      return;
    case "ForwardedRequest":
      serve(raft, from, message.request, effects);
      return;
    case "ForwardedReply":
      answer(raft, raft.id, message, message.reply, effects);
      return;
  }
}

/** An election that no leader asked for. */
function isElection(message: RaftMessage): boolean {
  return message.type === "PreVote" || (message.type === "RequestVote" && !message.transfer);
}

/** On the leader: what a follower has, and everything that may follow from it. */
function onAppendEntriesResponse(
  raft: RaftState,
  from: string,
  { term, success, index, round }: Message<"AppendEntriesResponse">,
  effects: Effects,
): void {
  const follower = raft.followers.get(from);
  if (raft.role !== "leader" || term !== raft.currentTerm || follower === undefined) return;
  // Whatever the follower says of the log, it says so as a follower of this term.
  follower.round = Math.max(follower.round, round);
  if (success) {
    follower.matchIndex = Math.max(follower.matchIndex, index);
    follower.nextIndex = Math.max(follower.nextIndex, follower.matchIndex + 1);
    if (follower.matchIndex >= follower.inFlight) follower.inFlight = 0;
  } else if (index > 0) {
    const nextIndex = Math.max(follower.matchIndex + 1, index);
    // A refusal that is late or comes twice tells nothing new.
    if (nextIndex < follower.nextIndex) Object.assign(follower, { nextIndex, inFlight: 0 });
  }
  if (follower.inFlight === 0 && follower.nextIndex <= raft.log.lastIndex) {
    replicate(raft, from, follower, effects);
  }
  advanceCommitIndex(raft, effects);
  confirmRounds(raft, effects);
  advanceTransfer(raft, effects);
  approachGoal(raft, effects);
}

function onTimer(raft: RaftState, name: string, effects: Effects): void {
  switch (name) {
    case "election":
      onElectionTimeout(raft, effects);
      return;
    case "heartbeat":
      for (const follower of raft.followers.values()) follower.inFlight = 0;
      beginRound(raft, effects);
      effects.setTimer("heartbeat", raft.timeoutNs / 4);
      return;
    case "quorum":
      if (raft.bugs.has("members-by-answers")) evictSilent(raft);
      else if (raft.confirmedRound === raft.roundAtLastQuorumCheck && !stillLeads(raft, effects)) {
        effects.log(`no majority answered for two time-outs in term ${raft.currentTerm}`);
        becomeFollower(raft, null, effects);
        return;
      }
      raft.roundAtLastQuorumCheck = raft.confirmedRound;
      effects.setTimer("quorum", 2 * raft.timeoutNs);
      return;
    case "transfer":
      onTransferTimeout(raft, effects);
      return;
    case FORWARD:
      submitAgain(raft, effects);
  }
}

function onOperator(raft: RaftState, command: Operator, effects: Effects): void {
  if (command.type === "change-membership") onChangeMembership(raft, command.members, effects);
  else onTransferLeadership(raft, command.to, effects);
}

/** A leader knows what is committed, from its first entry on; others, who may have just started, do not. */
function knownMembers(raft: RaftState): readonly string[] | undefined {
  if (raft.role !== "leader" || raft.commitIndex < raft.termStartIndex) return undefined;
  return raft.membersIndex <= raft.commitIndex ? raft.members : undefined;
}

function phase(raft: RaftState): string {
  const more = [
    raft.transferTo !== null && raft.role === "leader" ? "handing over" : "",
    raft.members.includes(raft.id) ? "" : "no member",
    raft.membersIndex > raft.commitIndex ? "changing members" : "",
    raft.log.snapshot.lastIndex > 0 ? "with a snapshot" : "",
  ];
  return [raft.role, ...more.filter((words) => words !== "")].join(", ");
}
