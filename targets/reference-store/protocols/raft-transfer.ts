import type { Effects, RaftState } from "./raft-state.ts";

// Leadership transfer (dissertation, 3.10): the leader takes no more requests, brings the target's log up to its own, and
// lets it stand for election at once. What it does not get done within a time-out it gives up.

export function onTransferLeadership(raft: RaftState, to: string, effects: Effects): void {
  if (raft.role !== "leader" || raft.transferTo === to) return;
  if (to === raft.id || !raft.members.includes(to)) return;
  raft.transferTo = to;
  effects.log(`hands over to ${to}`);
  effects.setTimer("transfer", raft.timeoutNs);
  advanceTransfer(raft, effects);
}

/** Whenever the target may have caught up. */
export function advanceTransfer(raft: RaftState, effects: Effects): void {
  if (raft.role !== "leader" || raft.transferTo === null) return;
  if (raft.followers.get(raft.transferTo)?.matchIndex !== raft.log.lastIndex) return;
  raft.leasesGivenUp = true;
  effects.send(raft.transferTo, { type: "TimeoutNow", term: raft.currentTerm });
}

export function onTransferTimeout(raft: RaftState, effects: Effects): void {
  effects.log(`${raft.transferTo} did not take over`);
  raft.transferTo = null;
}
