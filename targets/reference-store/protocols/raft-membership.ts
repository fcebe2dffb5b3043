import { appendToLog } from "./raft-log.ts";
import { chooseFollowers, type Effects, type RaftState } from "./raft-state.ts";

// Membership changes, one server at a time (dissertation chapter 4), so that any majority of one configuration meets any
// of the next. The leader gets nearer to what operators want whenever it may take a step.

/** Every server remembers what operators want: whichever comes to lead gets on with it. */
export function onChangeMembership(raft: RaftState, members: readonly string[], effects: Effects): void {
  if (members.length === 0) return;
  raft.goal = members;
  if (raft.role !== "leader") return;
  chooseFollowers(raft);
  approachGoal(raft, effects);
}

export function approachGoal(raft: RaftState, effects: Effects): void {
  const { goal, members, role } = raft;
  if (role !== "leader" || goal === null || raft.transferTo !== null || !mayChange(raft)) return;
  const missing = goal.filter((server) => !members.includes(server));
  // A new server gets the log before it counts (4.2.1).
  const joining = missing.find((server) => (raft.followers.get(server)?.matchIndex ?? 0) >= raft.commitIndex);
  const leaving = members.find((server) => !goal.includes(server));
  if (joining !== undefined) {
    change(raft, [...members, joining], effects);
  } else if (leaving !== undefined && missing.length === 0) {
    change(
      raft,
      members.filter((server) => server !== leaving),
      effects,
    );
  }
}

/**
 * The last change must be committed, and so must an entry of this term: else a change of an earlier leader, which this
 * one does not know of, may still come to count beside it (Ongaro, "bug in single-server membership changes", 2015).
 */
function mayChange(raft: RaftState): boolean {
  return raft.membersIndex <= raft.commitIndex && raft.commitIndex >= raft.termStartIndex;
}

function change(raft: RaftState, wanted: readonly string[], effects: Effects): void {
  const members = raft.servers.filter((server) => wanted.includes(server));
  effects.log(`members: ${members.join(", ")}`);
  appendToLog(raft, raft.id, { members }, effects);
}

/** The mistake to go by a failure detector: both sides of a partition make a majority of their own. */
export function evictSilent(raft: RaftState): void {
  const { id, followers, roundAtLastQuorumCheck } = raft;
  raft.members = raft.members.filter((member) => {
    return member === id || (followers.get(member)?.round ?? 0) > roundAtLastQuorumCheck;
  });
}
