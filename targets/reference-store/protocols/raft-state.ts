import { CompactedLog } from "../compacted-log.ts";
import { EffectList } from "../effect-list.ts";
import { ForwardedRequests } from "../forwarded-requests.ts";
import type { ClientRequest, DiskContents, EventContext, NodeConfig } from "../frame.ts";
import { majority } from "../majority.ts";
import { ReplicatedState } from "../replicated-state.ts";
import type { StateMachine } from "../state-machine.ts";
import type { Included, LogEntry, RaftMessage } from "./raft-messages.ts";

/** Collects the effects of one event, and knows the context of that event. */
export class Effects extends EffectList<RaftMessage> {
  readonly context: EventContext;

  constructor(context: EventContext) {
    super();
    this.context = context;
  }
}

/** What a leader knows of one other server. */
export interface Follower {
  nextIndex: number;
  matchIndex: number;
  /** The last index of what is under way to it; 0 when there is nothing. */
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

/** A server, with the names of figure 2 of the paper. */
export interface RaftState {
  readonly id: string;
  /** Every server there is, in the configuration or not. */
  readonly servers: readonly string[];
  readonly timeoutNs: number;
  readonly snapshotEvery: number;
  readonly leaseReads: boolean;
  readonly preVote: boolean;
  readonly bugs: ReadonlySet<string>;
  readonly forwarded: ForwardedRequests;
  // Persistent on all servers.
  currentTerm: number;
  votedFor: string | null;
  readonly log: CompactedLog<LogEntry, Included>;
  // Volatile on all servers.
  role: "follower" | "pre-candidate" | "candidate" | "leader";
  leader: string | null;
  /** When it last heard from a leader of its term, by its monotonic clock; undefined where it has none. */
  heardNs: number | undefined;
  commitIndex: number;
  lastApplied: number;
  readonly machine: ReplicatedState;
  /** The newest configuration in the log, and its place. */
  members: readonly string[];
  membersIndex: number;
  /** The configuration that operators want; null: no matter. */
  goal: readonly string[] | null;
  // Volatile on candidates.
  votes: Set<string>;
  // Volatile on leaders, made anew by each election.
  followers: Map<string, Follower>;
  termStartIndex: number;
  /** Entries of this term that are not applied, by client: the sequence number. */
  proposals: Map<string, number>;
  transferTo: string | null;
  reads: WaitingRead[];
  round: number;
  confirmedRound: number;
  roundAtLastQuorumCheck: number;
  /** When each round that is not confirmed began, by the monotonic clock. */
  roundStartsNs: Map<number, number>;
  /** Until then, by the monotonic clock, nobody else leads. */
  leaseUntilNs: number;
  leasesGivenUp: boolean;
}

/** A server that starts: its persistent state from the disk, everything else new. */
export function restoredState(
  config: NodeConfig,
  machine: StateMachine,
  disk: DiskContents,
  context: EventContext,
): RaftState {
  const { id, nodes, timeoutNs, bugs, options } = config;
  const vote = (disk.records.get("vote") ?? { term: 0, votedFor: null }) as {
    term: number;
    votedFor: string | null;
  };
  const log = new CompactedLog<LogEntry, Included>(disk, { lastTerm: 0, members: nodes, state: null });
  const state = new ReplicatedState(machine);
  const { lastIndex, about } = log.snapshot;
  if (lastIndex > 0) state.restore(about.state);
  const raft: RaftState = {
    id,
    servers: nodes,
    timeoutNs,
    snapshotEvery: Number(options["snapshot-every"]),
    leaseReads: options["reads"] === "lease",
    preVote: options["pre-vote"] === "yes",
    bugs,
    forwarded: new ForwardedRequests(timeoutNs),
    currentTerm: vote.term,
    votedFor: vote.votedFor,
    log,
    role: "follower",
    leader: null,
    // It may have heard from a leader just before it went down, and others rely on that.
    heardNs: context.monotonicNs,
    commitIndex: lastIndex,
    lastApplied: lastIndex,
    machine: state,
    members: nodes,
    membersIndex: 0,
    goal: null,
    votes: new Set(),
    followers: new Map(),
    termStartIndex: 0,
    proposals: new Map(),
    transferTo: null,
    reads: [],
    round: 0,
    confirmedRound: 0,
    roundAtLastQuorumCheck: 0,
    roundStartsNs: new Map(),
    leaseUntilNs: Number.NEGATIVE_INFINITY,
    leasesGivenUp: false,
  };
  adoptConfiguration(raft);
  return raft;
}

/** The term of an entry, or of the last that the snapshot stands for; 0 for what is not there. */
export function termAt(raft: RaftState, index: number): number {
  const { lastIndex, about } = raft.log.snapshot;
  return index === lastIndex ? about.lastTerm : (raft.log.at(index)?.term ?? 0);
}

/** Back-up past a whole term at a time (end of section 5.3). */
export function firstIndexOfTermAt(raft: RaftState, index: number): number {
  const term = termAt(raft, index);
  let first = index;
  while (first > raft.log.snapshot.lastIndex + 1 && termAt(raft, first - 1) === term) first--;
  return first;
}

// Configurations (dissertation chapter 4): a server goes by the newest in its log.

/** The configuration as of an entry, and the entry that made it. */
export function configurationAt(
  raft: RaftState,
  index: number,
): { members: readonly string[]; index: number } {
  const { lastIndex, about } = raft.log.snapshot;
  for (let i = index; i > lastIndex; i--) {
    const members = raft.log.at(i)?.members;
    if (members !== undefined) return { members, index: i };
  }
  return { members: about.members, index: lastIndex };
}

/** Goes by the newest configuration of the log, after that has changed. A leader sends to those who are in, or to be in. */
export function adoptConfiguration(raft: RaftState): void {
  const { members, index } = configurationAt(raft, raft.log.lastIndex);
  raft.members = members;
  raft.membersIndex = index;
  if (raft.role === "leader") chooseFollowers(raft);
}

export function chooseFollowers(raft: RaftState): void {
  const wanted = raft.servers.filter(
    (server) => raft.members.includes(server) || raft.goal?.includes(server),
  );
  raft.followers = new Map(
    wanted
      .filter((server) => server !== raft.id)
      .map((server) => [server, raft.followers.get(server) ?? newFollower(raft)]),
  );
}

function newFollower(raft: RaftState): Follower {
  return { nextIndex: raft.log.lastIndex + 1, matchIndex: 0, inFlight: 0, round: 0 };
}

/** How many members are a majority. */
export function quorum(raft: RaftState): number {
  const { length } = raft.members;
  return raft.bugs.has("quorum-of-half") ? Math.max(1, Math.floor(length / 2)) : majority(length);
}

/** The largest value that a majority has reached, with `own` where the leader is a member. */
export function reachedByMajority(raft: RaftState, own: number, of: (follower: Follower) => number): number {
  const { members, followers } = raft;
  const values = new Float64Array(members.length);
  members.forEach((member, i) => {
    const follower = followers.get(member);
    values[i] = follower === undefined ? own : of(follower);
  });
  return values.sort()[members.length - quorum(raft)] as number;
}
