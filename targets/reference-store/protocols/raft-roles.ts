import type { Effects, RaftState } from "./raft-state.ts";

/** Follows `leader`, or nobody yet, in the current term. */
export function becomeFollower(raft: RaftState, leader: string | null, effects: Effects): void {
  if (raft.role === "leader") {
    for (const timer of ["heartbeat", "quorum", "transfer"]) effects.cancelTimer(timer);
    resetElectionTimer(raft, effects);
  }
  if (leader !== raft.leader || raft.role !== "follower") {
    effects.log(`follower of ${leader ?? "nobody"} in term ${raft.currentTerm}`);
  }
  raft.role = "follower";
  raft.leader = leader;
  raft.reads = [];
}

/** A leader of the current term was heard. */
export function hearLeader(raft: RaftState, leader: string, effects: Effects): void {
  becomeFollower(raft, leader, effects);
  raft.heardNs = effects.context.monotonicNs;
  resetElectionTimer(raft, effects);
}

/**
 * Whether it leads, or has heard from a leader within the shortest time-out. It then takes no part in elections: servers
 * that were removed cannot disturb (dissertation, 4.2.3), and leaders can build leases on it (6.4.1).
 */
export function keepsToLeader(raft: RaftState, { context }: Effects): boolean {
  if (raft.role === "leader") return true;
  if (context.monotonicNs === undefined || raft.heardNs === undefined) return false;
  return context.monotonicNs - raft.heardNs < raft.timeoutNs;
}

/** A silence between one and two time-outs, each time another, so that servers rarely stand for election together. */
export function resetElectionTimer(raft: RaftState, effects: Effects): void {
  effects.setTimer("election", raft.timeoutNs * (1 + effects.context.random.float()));
}
