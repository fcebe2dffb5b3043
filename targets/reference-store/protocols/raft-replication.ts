import { MAX_BATCH } from "../batch.ts";
import { type Effects, type Follower, type RaftState, termAt } from "./raft-state.ts";

// What a leader sends to those who follow it: entries (section 5.3), and a snapshot to who lacks entries that are gone
// (section 7).

/** Sends what the follower lacks, or a mere heartbeat while something is under way to it. */
export function replicate(raft: RaftState, to: string, follower: Follower, effects: Effects): void {
  const { snapshot } = raft.log;
  const idle = follower.inFlight === 0;
  if (idle && follower.nextIndex <= snapshot.lastIndex) {
    follower.inFlight = snapshot.lastIndex;
    effects.send(to, { type: "InstallSnapshot", term: raft.currentTerm, snapshot, round: raft.round });
    return;
  }
  // Before the snapshot it knows of no place at which logs could be compared, other than the very beginning.
  const prevLogIndex = follower.nextIndex <= snapshot.lastIndex ? 0 : follower.nextIndex - 1;
  const entries = idle ? raft.log.from(prevLogIndex + 1, MAX_BATCH) : [];
  if (entries.length > 0) follower.inFlight = prevLogIndex + entries.length;
  effects.send(to, {
    type: "AppendEntries",
    term: raft.currentTerm,
    prevLogIndex,
    prevLogTerm: prevLogIndex === 0 ? 0 : termAt(raft, prevLogIndex),
    entries,
    leaderCommit: raft.commitIndex,
    round: raft.round,
  });
}

/** Sends to every follower that waits for nothing. */
export function replicateToIdle(raft: RaftState, effects: Effects): void {
  for (const [to, follower] of raft.followers) {
    if (follower.inFlight === 0 && follower.nextIndex <= raft.log.lastIndex) {
      replicate(raft, to, follower, effects);
    }
  }
}
