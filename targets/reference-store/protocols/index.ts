import type { Json } from "../../../harness/history/operation.ts";
import type { Protocol } from "../frame.ts";
import { asyncPrimary } from "./async-primary.ts";
import { boundedStaleness } from "./bounded-staleness.ts";
import { causalBroadcast } from "./causal-broadcast.ts";
import { causalPrimary } from "./causal-primary.ts";
import { chainReplication } from "./chain-replication.ts";
import { crdt } from "./crdt.ts";
import { gossip } from "./gossip.ts";
import { leaderElection } from "./leader-election.ts";
import { leaseLock } from "./lease-lock.ts";
import { multiPaxos } from "./multi-paxos.ts";
import { multiPrimaryLww } from "./multi-primary-lww.ts";
import { pbft } from "./pbft.ts";
import { primaryLocalReads } from "./primary-local-reads.ts";
import { primaryQueue } from "./primary-queue.ts";
import { quorum } from "./quorum.ts";
import { raft } from "./raft.ts";
import { saga } from "./saga.ts";
import { session } from "./session.ts";
import { sharded } from "./sharded.ts";
import { singleDecreePaxos } from "./single-decree-paxos.ts";
import { totalOrderLocalReads } from "./total-order-local-reads.ts";
import { totalOrderMulticast } from "./total-order-multicast.ts";
import { twoPhaseCommit } from "./two-phase-commit.ts";
import { viewstampedReplication } from "./viewstamped-replication.ts";

/** Every protocol of the reference store. One more is one file and one line here. */
export const protocols: readonly Protocol<unknown, Json>[] = [
  primaryQueue,
  totalOrderMulticast,
  raft,
  multiPaxos,
  singleDecreePaxos,
  viewstampedReplication,
  pbft,
  chainReplication,
  primaryLocalReads,
  totalOrderLocalReads,
  causalPrimary,
  causalBroadcast,
  asyncPrimary,
  multiPrimaryLww,
  quorum,
  gossip,
  crdt,
  session,
  boundedStaleness,
  sharded,
  twoPhaseCommit,
  saga,
  leaseLock,
  leaderElection,
];
