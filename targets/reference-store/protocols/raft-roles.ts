import type { EventContext } from "../frame.ts";
import type { Effects, RaftState } from "./raft-state.ts";

/** Follows `leader`, or nobody yet, in the current term. */
export function becomeFollower(
  raft: RaftState,
  leader: string | null,
  context: EventContext,
  effects: Effects,
): void {
  if (raft.role === "leader") {
    effects.cancelTimer("heartbeat");
    effects.cancelTimer("quorum");
    resetElectionTimer(raft, context, effects);
  }
  if (leader !== raft.leader || raft.role !== "follower") {
    effects.log(`follower of ${leader ?? "nobody"} in term ${raft.currentTerm}`);
  }
  raft.role = "follower";
  raft.leader = leader;
  raft.reads = [];
}

/** A silence between one and two time-outs, each time another, so that servers rarely stand for election together. */
export function resetElectionTimer(raft: RaftState, context: EventContext, effects: Effects): void {
  effects.setTimer("election", raft.timeoutNs * (1 + context.random.float()));
}
