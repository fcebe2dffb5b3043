import type { EffectList } from "../effect-list.ts";
import type { ClientRequest, DiskContents, NodeConfig, Reply } from "../frame.ts";
import { PendingRequests } from "../pending-requests.ts";
import { Registers } from "../registers.ts";
import { ReplicatedState } from "../replicated-state.ts";

/** `request` is null in the no-op that opens a term; `origin` is the node whose client waits for it. */
export type LogEntry = {
  readonly term: number;
  readonly origin: string;
  readonly request: ClientRequest | null;
};

export type RaftMessage =
  | {
      readonly type: "RequestVote";
      readonly term: number;
      readonly lastLogIndex: number;
      readonly lastLogTerm: number;
    }
  | { readonly type: "RequestVoteResponse"; readonly term: number; readonly voteGranted: boolean }
  | {
      readonly type: "AppendEntries";
      readonly term: number;
      readonly prevLogIndex: number;
      readonly prevLogTerm: number;
      readonly entries: readonly LogEntry[];
      readonly leaderCommit: number;
      /** Counts the leader's rounds of heartbeats; comes back in the response. */
      readonly round: number;
    }
  | {
      readonly type: "AppendEntriesResponse";
      readonly term: number;
      readonly success: boolean;
      /** On success, up to where the logs are known to agree; else, from where the leader should try next; 0: no matter. */
      readonly index: number;
      readonly round: number;
    }
  | { readonly type: "ForwardedRequest"; readonly request: ClientRequest }
  | {
      readonly type: "ForwardedReply";
      readonly client: string;
      readonly sequence: number;
      readonly reply: Reply;
    };

export type Message<Type extends RaftMessage["type"]> = Extract<RaftMessage, { type: Type }>;

export type Effects = EffectList<RaftMessage>;

/** What a leader knows of one other server. */
export interface Follower {
  nextIndex: number;
  matchIndex: number;
  /** The last index of entries under way to it; 0 when there are none. */
  inFlight: number;
  /** The newest round that it answered. */
  round: number;
}

export interface WaitingRead {
  readonly request: ClientRequest;
  readonly origin: string;
  /** The state machine must have applied this much. */
  readonly readIndex: number;
  /** A majority must have answered this round, begun after the read came in. */
  readonly round: number;
}

/** A server, with the names of figure 2 of the paper. `log[0]` is the entry with index 1. */
export interface RaftState {
  readonly id: string;
  readonly peers: readonly string[];
  readonly timeoutNs: number;
  readonly pending: PendingRequests;
  // Persistent on all servers.
  currentTerm: number;
  votedFor: string | null;
  readonly log: LogEntry[];
  // Volatile on all servers.
  role: "follower" | "candidate" | "leader";
  leader: string | null;
  commitIndex: number;
  lastApplied: number;
  readonly machine: ReplicatedState;
  // Volatile on candidates.
  votes: Set<string>;
  // Volatile on leaders, made anew by each election.
  followers: Map<string, Follower>;
  termStartIndex: number;
  /** Entries of this term that are not applied, by client: the sequence number. */
  proposals: Map<string, number>;
  reads: WaitingRead[];
  round: number;
  confirmedRound: number;
  roundAtLastQuorumCheck: number;
}

/** A server that starts: its persistent state from the disk, everything else new. */
export function restoredState(config: NodeConfig, disk: DiskContents): RaftState {
  const vote = (disk.records.get("vote") ?? { term: 0, votedFor: null }) as {
    term: number;
    votedFor: string | null;
  };
  return {
    id: config.id,
    peers: config.nodes.filter((node) => node !== config.id),
    timeoutNs: config.timeoutNs,
    pending: new PendingRequests(),
    currentTerm: vote.term,
    votedFor: vote.votedFor,
    log: [...((disk.logs.get("log") ?? []) as readonly LogEntry[])],
    role: "follower",
    leader: null,
    commitIndex: 0,
    lastApplied: 0,
    machine: new ReplicatedState(new Registers()),
    votes: new Set(),
    followers: new Map(),
    termStartIndex: 0,
    proposals: new Map(),
    reads: [],
    round: 0,
    confirmedRound: 0,
    roundAtLastQuorumCheck: 0,
  };
}

/** How many servers are more than half. */
export function majority(raft: RaftState): number {
  return Math.floor((raft.peers.length + 1) / 2) + 1;
}

/** The largest value that a majority has reached, the leader with `own` among it. */
export function reachedByMajority(raft: RaftState, own: number, of: (follower: Follower) => number): number {
  const values = new Float64Array(raft.followers.size + 1);
  let count = 0;
  values[count++] = own;
  for (const follower of raft.followers.values()) values[count++] = of(follower);
  values.sort();
  return values[count - majority(raft)] as number;
}

/** The term of an entry; 0 before the first and after the last. */
export function termAt(raft: RaftState, index: number): number {
  return raft.log[index - 1]?.term ?? 0;
}

/** Back-up past a whole term at a time (end of section 5.3). */
export function firstIndexOfTermAt(raft: RaftState, index: number): number {
  let first = index;
  while (first > 1 && termAt(raft, first - 1) === termAt(raft, index)) first--;
  return first;
}
