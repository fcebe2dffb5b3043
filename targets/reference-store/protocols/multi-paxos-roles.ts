import { backoffNs } from "../backoff.ts";
import type { Step } from "./multi-paxos-state.ts";

/** A silence that grows with every election that fails, each time another, so that duelling proposers part. */
export function resetElectionTimer({ node, context, effects }: Step): void {
  effects.setTimer("election", backoffNs(2 * node.config.timeoutNs, node.failures, context.random));
}

/** Follows a leader, or nobody yet who has its promise. */
export function follow(step: Step, leader: string | null): void {
  const { node, effects } = step;
  if (node.role === "leader") for (const timer of LEADERS_TIMERS) effects.cancelTimer(timer);
  if (leader !== node.leader) effects.log(`follower of ${leader ?? "nobody"}`);
  if (leader !== null) node.failures = 0;
  node.role = "follower";
  node.leader = leader;
  node.proposals = new Map();
  node.reads = [];
  resetElectionTimer(step);
}

const LEADERS_TIMERS = ["heartbeat", "resend", "quorum"];
