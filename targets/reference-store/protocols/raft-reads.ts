import { bringReply } from "../forwarded-requests.ts";
import type { ClientRequest, Reply } from "../frame.ts";
import { replicate } from "./raft-replication.ts";
import { type Effects, type RaftState, reachedByMajority, type WaitingRead } from "./raft-state.ts";

// Reads without log entries (dissertation, 6.4): the leader notes its commit index, learns from a majority, in a round
// of heartbeats begun after the read came in, that it still leads, and answers when that index is applied.

/**
 * A lease is good while no clock runs more than this many times as fast as another: a follower that keeps to its leader
 * for a whole time-out by a fast clock must do so for longer than the leader's lease takes by a slow one.
 */
const DRIFT_BOUND = 4;

export function enqueueRead(raft: RaftState, origin: string, request: ClientRequest, effects: Effects): void {
  // Only with its own no-op is its commit index known to cover all earlier terms.
  const atOnce = raft.bugs.has("read-before-no-op") && raft.commitIndex < raft.termStartIndex;
  const readIndex = atOnce ? raft.commitIndex : Math.max(raft.commitIndex, raft.termStartIndex);
  const round = atOnce || stillLeads(raft, effects) ? 0 : raft.round + 1;
  raft.reads.push({ request, origin, readIndex, round });
  serveReads(raft, effects);
  if (raft.reads.length > 0 && raft.confirmedRound === raft.round) beginRound(raft, effects);
}

/** Whether it may answer without asking: by its lease (6.4.1). */
export function stillLeads(raft: RaftState, { context }: Effects): boolean {
  if (raft.bugs.has("stale-leader-read")) return true;
  const { monotonicNs } = context;
  if (!raft.leaseReads || monotonicNs === undefined) return false;
  // Who was told to stand for election at once may do so when the message comes, which may be any time.
  if (raft.leasesGivenUp) return false;
  return monotonicNs < raft.leaseUntilNs;
}

/** A round of heartbeats, with whatever a follower lacks. */
export function beginRound(raft: RaftState, effects: Effects): void {
  raft.round++;
  const { monotonicNs } = effects.context;
  if (monotonicNs !== undefined) raft.roundStartsNs.set(raft.round, monotonicNs);
  for (const [to, follower] of raft.followers) replicate(raft, to, follower, effects);
  confirmRounds(raft, effects);
}

export function confirmRounds(raft: RaftState, effects: Effects): void {
  const round = reachedByMajority(raft, raft.round, (follower) => follower.round);
  if (round <= raft.confirmedRound) return;
  raft.confirmedRound = round;
  extendLease(raft, round);
  for (const started of [...raft.roundStartsNs.keys()])
    if (started <= round) raft.roundStartsNs.delete(started);
  serveReads(raft, effects);
  if (round === raft.round && raft.reads.some((read) => read.round > round)) beginRound(raft, effects);
}

/** From when a round began that a majority has answered. */
function extendLease(raft: RaftState, round: number): void {
  const fromNs = raft.roundStartsNs.get(round);
  if (fromNs === undefined) return;
  const bound = raft.bugs.has("lease-drift-inverted") ? 1 / DRIFT_BOUND : DRIFT_BOUND;
  raft.leaseUntilNs = Math.max(raft.leaseUntilNs, fromNs + raft.timeoutNs / bound);
}

export function serveReads(raft: RaftState, effects: Effects): void {
  if (raft.reads.length === 0) return;
  const waiting: WaitingRead[] = [];
  for (const read of raft.reads) {
    if (read.round > raft.confirmedRound || read.readIndex > raft.lastApplied) waiting.push(read);
    else answer(raft, read.origin, read.request, raft.machine.read(read.request), effects);
  }
  raft.reads = waiting;
}

/** Brings a reply to the node whose client waits for it. */
export function answer(
  raft: RaftState,
  origin: string,
  request: Pick<ClientRequest, "client" | "sequence">,
  reply: Reply,
  effects: Effects,
): void {
  bringReply({ node: { config: raft, forwarded: raft.forwarded }, effects }, origin, request, reply);
}
