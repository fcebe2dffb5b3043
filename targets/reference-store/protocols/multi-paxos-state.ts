import { type Ballot, NO_BALLOT } from "../ballot.ts";
import type { EffectList } from "../effect-list.ts";
import { type ForwardedMessage, ForwardedRequests } from "../forwarded-requests.ts";
import type { ClientRequest, DiskContents, EventContext, NodeConfig } from "../frame.ts";
import { majority } from "../majority.ts";
import { Registers } from "../registers.ts";
import { ReplicatedState } from "../replicated-state.ts";

/** What a slot of the log holds; null: nothing, so that those after it can be executed. */
export type Command = { readonly origin: string; readonly request: ClientRequest } | null;

export type Proposal = { readonly slot: number; readonly ballot: Ballot; readonly command: Command };

export type MultiPaxosMessage =
  /** Phase 1a, for all slots from `first` on. */
  | { readonly type: "Prepare"; readonly ballot: Ballot; readonly first: number }
  /** Phase 1b: what the acceptor accepted in those slots. */
  | { readonly type: "Promise"; readonly ballot: Ballot; readonly accepted: readonly Proposal[] }
  /** Phase 2a. */
  | { readonly type: "Accept"; readonly proposal: Proposal }
  /** Phase 2b. */
  | { readonly type: "Accepted"; readonly ballot: Ballot; readonly slot: number }
  /** To a proposer: `promised` is in the way of its `ballot`. */
  | { readonly type: "Conflict"; readonly ballot: Ballot; readonly promised: Ballot }
  /** Whoever sends it leads, and knows the commands of the slots up to `chosen`. */
  | {
      readonly type: "Heartbeat";
      readonly ballot: Ballot;
      readonly chosen: number;
      readonly round: number;
    }
  | { readonly type: "HeartbeatResponse"; readonly ballot: Ballot; readonly round: number }
  /** Asks for what was chosen from `first` on. */
  | { readonly type: "Learn"; readonly first: number }
  | { readonly type: "Learned"; readonly first: number; readonly commands: readonly Command[] }
  | ForwardedMessage;

export type Message<Type extends MultiPaxosMessage["type"]> = Extract<MultiPaxosMessage, { type: Type }>;

export interface WaitingRead {
  readonly request: ClientRequest;
  readonly origin: string;
  /** The slots up to here must be executed. */
  readonly upTo: number;
  /** A majority must have answered this round, begun after the read came in. */
  readonly round: number;
}

export interface MultiPaxosState {
  readonly config: NodeConfig;
  readonly peers: readonly string[];
  readonly quorum: number;
  readonly forwarded: ForwardedRequests;
  // The acceptor: durable before it tells.
  promised: Ballot;
  readonly accepted: Map<number, Proposal>;
  // The learner: `chosen[0]` is slot 1, all of it is executed; `learned` lies behind a gap.
  readonly chosen: Command[];
  readonly learned: Map<number, Command>;
  readonly machine: ReplicatedState;
  // The proposer.
  role: "follower" | "candidate" | "leader";
  leader: string | null;
  ballot: Ballot;
  /** The largest counter of a ballot that it met. */
  counter: number;
  /** Elections since it heard a leader. */
  failures: number;
  promises: Map<string, readonly Proposal[]>;
  nextSlot: number;
  /** The last slot that may hold an earlier leader's command. */
  inherited: number;
  /** Who accepted what it proposed, by slot, until it is chosen. */
  proposals: Map<number, { readonly proposal: Proposal; readonly acceptedBy: Set<string> }>;
  /** The newest request of each client that it proposed. */
  proposedFor: Map<string, number>;
  reads: WaitingRead[];
  round: number;
  confirmedRound: number;
  roundAtLastQuorumCheck: number;
  /** The newest round that each node answered. */
  answered: Map<string, number>;
}

export type Effects = EffectList<MultiPaxosMessage>;

/** A node, and what an event makes it do. */
export type Step = {
  readonly node: MultiPaxosState;
  readonly context: EventContext;
  readonly effects: Effects;
};

export const PROMISED = "promised";
export const ACCEPTED = "accepted";
export const CHOSEN = "chosen";

/** A node that starts: what it promised and accepted, and what it still knows to be chosen. */
export function restoredState(config: NodeConfig, { records, logs }: DiskContents): MultiPaxosState {
  const { nodes, bugs, timeoutNs } = config;
  const half = Math.max(1, Math.floor(nodes.length / 2));
  const accepted = (logs.get(ACCEPTED) ?? []) as readonly Proposal[];
  const promised = (records.get(PROMISED) ?? NO_BALLOT) as Ballot;
  const machine = new ReplicatedState(new Registers());
  const chosen = (logs.get(CHOSEN) ?? []) as readonly Command[];
  for (const command of chosen) if (command !== null) machine.apply(command.request);
  return {
    config,
    peers: nodes.filter((node) => node !== config.id),
    quorum: bugs.has("half-quorum") ? half : majority(nodes.length),
    forwarded: new ForwardedRequests(timeoutNs),
    promised,
    accepted: new Map(accepted.map((proposal) => [proposal.slot, proposal])),
    chosen: [...chosen],
    learned: new Map(),
    machine,
    role: "follower",
    leader: null,
    ballot: NO_BALLOT,
    counter: promised[0],
    failures: 0,
    promises: new Map(),
    nextSlot: 1,
    inherited: 0,
    proposals: new Map(),
    proposedFor: new Map(),
    reads: [],
    round: 0,
    confirmedRound: 0,
    roundAtLastQuorumCheck: 0,
    answered: new Map(),
  };
}
