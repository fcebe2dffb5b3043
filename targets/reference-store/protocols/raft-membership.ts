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
  if (role !== "leader" || goal === null || raft.transferTo !== null) return;
  if (!mayChange(raft)) return;
  const missing = goal.filter((server) => !members.includes(server));
  // A new server gets the log before it counts (4.2.1).
  const joining = missing.find((server) => (raft.followers.get(server)?.matchIndex ?? 0) >= raft.commitIndex);
  const leaving = members.find((server) => !goal.includes(server));
  if (raft.bugs.has("membership-in-one-step") && (joining ?? leaving) !== undefined) {
    change(raft, goal, effects);
  } else if (joining !== undefined) {
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
  if (raft.bugs.has("membership-before-commit")) return true;
  if (raft.membersIndex > raft.commitIndex) return false;
  return raft.commitIndex >= raft.termStartIndex || raft.bugs.has("membership-before-no-op");
}

function change(raft: RaftState, wanted: readonly string[], effects: Effects): void {
  const members = raft.servers.filter((server) => wanted.includes(server));
  effects.log(`members: ${members.join(", ")}`);
  appendToLog(raft, raft.id, { members }, effects);
}
