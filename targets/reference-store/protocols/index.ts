import type { Json } from "../../../harness/history/operation.ts";
import type { Protocol } from "../frame.ts";
import { crdt } from "./crdt.ts";
import { gossip } from "./gossip.ts";
import { multiPaxos } from "./multi-paxos.ts";
import { multiPrimaryLww } from "./multi-primary-lww.ts";
import { primaryLocalReads } from "./primary-local-reads.ts";
import { raft } from "./raft.ts";
import { singleDecreePaxos } from "./single-decree-paxos.ts";
import { viewstampedReplication } from "./viewstamped-replication.ts";

/** Every protocol of the reference store. One more is one file and one line here. */
export const protocols: readonly Protocol<unknown, Json>[] = [
  raft,
  multiPaxos,
  singleDecreePaxos,
  viewstampedReplication,
  primaryLocalReads,
  multiPrimaryLww,
  gossip,
  crdt,
];
