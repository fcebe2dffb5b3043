import type { Json, Key } from "../../../harness/history/operation.ts";
import type { Guarantee } from "../../../harness/ports/target.ts";
import { backoffNs } from "../backoff.ts";
import { type Ballot, compareBallots } from "../ballot.ts";
import { EffectList } from "../effect-list.ts";
import type { ClientRequest, DiskContents, EventContext, NodeConfig, Protocol, Reply } from "../frame.ts";
import { majority } from "../majority.ts";
import { Registers } from "../registers.ts";
import { ReplicatedState } from "../replicated-state.ts";
import {
  type Accepted,
  type Acceptor,
  acceptorOf,
  type Message,
  newestOf,
  type PaxosMessage,
  recordName,
  restoredAcceptors,
} from "./single-decree-paxos-state.ts";

/** A proposer's current attempt on a register. */
interface Round {
  readonly ballot: Ballot;
  readonly promises: Map<string, Accepted | null>;
  readonly accepts: Set<string>;
  /** What clients get when the new state is chosen; undefined in the first phase. */
  replies: readonly (readonly [ClientRequest, Reply])[] | undefined;
}

/** What a proposer does for one register. Lost with a kill: its clients are then told that nobody knows. */
interface Proposer {
  round: Round | undefined;
  /** Attempts since the last success. */
  failures: number;
  /** The largest counter that it met. */
  counter: number;
  /** One a client, which has one request at a time. */
  readonly waiting: Map<string, ClientRequest>;
}

export interface PaxosState {
  readonly config: NodeConfig;
  readonly quorum: number;
  readonly acceptors: Map<Key, Acceptor>;
  readonly proposers: Map<Key, Proposer>;
}

type Effects = EffectList<PaxosMessage>;
type Step = { readonly node: PaxosState; readonly context: EventContext; readonly effects: Effects };

const LINEARIZABLE: Guarantee = { consistency: "linearizable", workload: "register" };

/**
 * Each register is an instance of Paxos that is decided again and again, without a log (CASPaxos): a proposer learns
 * the newest accepted state from a majority, changes it, and has a majority accept the change. Every node is proposer
 * and acceptor. A read changes nothing, and is accepted like a change all the same. Beside the paper:
 * - a change function applies every request that waits at the proposer;
 * - the state holds its clients' sessions, so that a change whose round met a conflict, and may have been accepted, is
 *   tried again and counts once; the paper leaves the client in doubt there;
 * - a proposer promises to itself first, and that is durable before its ballot is seen: no ballot is used twice, also
 *   not after a restart;
 * - whoever meets a conflict waits by chance, twice as long each time, so that duelling proposers part.
 */
export const singleDecreePaxos: Protocol<PaxosState, PaxosMessage> = {
  name: "single-decree-paxos",
  promises: [LINEARIZABLE],
  operations: ["read", "write", "cas"],
  source:
    "Rystsov, CASPaxos: Replicated State Machines without logs (2018), section 2; Lamport, Paxos Made Simple (2001), section 2",
  description: "Each register is decided by Paxos anew for every operation, by any proposer, without a log.",
  bugs: {
    "skip-prepare": {
      description:
        "a proposer that was accepted last goes on without the prepare phase, on what it holds itself",
      breaks: LINEARIZABLE,
    },
    "own-value": {
      description: "phase 2 builds on the proposer's own accepted state, not on that of the highest ballot",
      breaks: LINEARIZABLE,
    },
    "accept-lower-ballot": {
      description: "an acceptor accepts whatever ballot comes, also below its promise",
      breaks: LINEARIZABLE,
    },
    "forget-promise": {
      description: "a restarted acceptor forgets its promise, and accepts a ballot below it",
      breaks: LINEARIZABLE,
    },
    "accept-not-durable": {
      description: "an acceptor acknowledges a state before it is on disk",
      breaks: { ...LINEARIZABLE, workloadOptions: { keys: "20" } },
    },
    "read-without-accept": {
      description: "reads are answered after the prepare phase, with a state that may never be chosen",
      breaks: LINEARIZABLE,
    },
    "retry-counts-twice": {
      description:
        "a change that met a conflict is applied again, though its first attempt may have been accepted",
      breaks: LINEARIZABLE,
    },
    "half-quorum": {
      description: "half of the nodes are taken for a quorum",
      breaks: LINEARIZABLE,
    },
  },
  start,
  handle(node, event, context) {
    const effects: Effects = new EffectList();
    const step = { node, context, effects };
    if (event.type === "message") onMessage(step, event.from, event.message);
    else if (event.type === "timer") propose(step, JSON.parse(event.name) as Key);
    else if (event.type === "request") onRequest(step, event.request);
    return effects.effects;
  },
  phase({ proposers }) {
    const rounds = [...proposers.values()].filter(({ waiting }) => waiting.size > 0);
    if (rounds.length === 0) return "acceptor";
    if (rounds.some(({ failures }) => failures > 1)) return "duelling";
    return rounds.some(({ round }) => round?.replies !== undefined) ? "accepting" : "preparing";
  },
};

function start(config: NodeConfig, disk: DiskContents) {
  const acceptors = restoredAcceptors(disk, config);
  const half = Math.max(1, Math.floor(config.nodes.length / 2));
  const quorum = config.bugs.has("half-quorum") ? half : majority(config.nodes.length);
  const effects: Effects = new EffectList();
  effects.log(`acceptor of ${acceptors.size} registers`);
  return { state: { config, quorum, acceptors, proposers: new Map() }, effects: effects.effects };
}

function onMessage(step: Step, from: string, message: PaxosMessage): void {
  switch (message.type) {
    case "Prepare":
      onPrepare(step, from, message);
      return;
    case "Accept":
      onAccept(step, from, message);
      return;
    case "Promise":
      onPromise(step, from, message);
      return;
    case "Accepted":
      onAccepted(step, from, message);
      return;
    case "Conflict":
      onConflict(step, message);
  }
}

/** Brings a message to a node, which may be this one. */
function tell(step: Step, to: string, message: PaxosMessage): void {
  if (to === step.node.config.id) onMessage(step, to, message);
  else step.effects.send(to, message);
}

/** To this node first: what it promises and accepts itself is durable before the others hear of it. */
function tellAll(step: Step, message: PaxosMessage): void {
  const { id, nodes } = step.node.config;
  tell(step, id, message);
  for (const to of nodes) if (to !== id) tell(step, to, message);
}

// Acceptors.

function onPrepare(step: Step, proposer: string, { key, ballot }: Message<"Prepare">): void {
  const acceptor = acceptorOf(step.node.acceptors, key);
  const { promised, accepted } = acceptor;
  if (compareBallots(ballot, promised) <= 0) {
    tell(step, proposer, { type: "Conflict", key, ballot, promised });
    return;
  }
  acceptor.promised = ballot;
  persist(step, key, acceptor);
  tell(step, proposer, { type: "Promise", key, ballot, accepted });
}

function onAccept(step: Step, proposer: string, { key, ballot, state }: Message<"Accept">): void {
  const { bugs } = step.node.config;
  const acceptor = acceptorOf(step.node.acceptors, key);
  const { promised } = acceptor;
  if (compareBallots(ballot, promised) < 0 && !bugs.has("accept-lower-ballot")) {
    tell(step, proposer, { type: "Conflict", key, ballot, promised });
    return;
  }
  acceptor.promised = ballot;
  acceptor.accepted = { ballot, state };
  persist(step, key, acceptor, bugs.has("accept-not-durable") ? "unsynced" : "synced");
  tell(step, proposer, { type: "Accepted", key, ballot });
}

function persist(step: Step, key: Key, { promised, accepted }: Acceptor, how = "synced"): void {
  step.effects.write(recordName(key), { promised, accepted });
  if (how === "synced") step.effects.sync();
}

// Proposers.

function onRequest(step: Step, request: ClientRequest): void {
  const proposer = proposerOf(step.node, request.key);
  const idle = proposer.waiting.size === 0;
  proposer.waiting.set(request.client, request);
  if (idle) propose(step, request.key);
}

/** Phase 1: begins a round, with a ballot above all that it met, and another one where this one comes to nothing. */
function propose(step: Step, key: Key): void {
  const { node, context, effects } = step;
  const { config } = node;
  const proposer = proposerOf(node, key);
  const { promised, accepted } = acceptorOf(node.acceptors, key);
  const ballot: Ballot = [Math.max(proposer.counter, promised[0]) + 1, config.id];
  proposer.counter = ballot[0];
  const round: Round = { ballot, promises: new Map(), accepts: new Set(), replies: undefined };
  proposer.round = round;
  // What conflicts is told; silence is for messages that were lost, and no reason to wait longer and longer.
  const patience = Math.min(proposer.failures, 2);
  effects.setTimer(JSON.stringify(key), backoffNs(2 * config.timeoutNs, patience, context.random));
  proposer.failures++;
  if (config.bugs.has("skip-prepare") && accepted?.ballot[1] === config.id) {
    change(step, key, round, accepted.state);
  } else tellAll(step, { type: "Prepare", key, ballot });
}

function onPromise(step: Step, acceptor: string, { key, ballot, accepted }: Message<"Promise">): void {
  const { node } = step;
  const { config, quorum } = node;
  const { round } = proposerOf(node, key);
  if (round === undefined || !isOf(round, ballot) || round.replies !== undefined) return;
  round.promises.set(acceptor, accepted);
  if (round.promises.size < quorum) return;
  const own = round.promises.get(config.id) ?? null;
  const newest = config.bugs.has("own-value") ? own : newestOf(round.promises.values());
  change(step, key, round, newest?.state ?? null);
}

/** Phase 2: applies what its clients want to the newest state, and has the outcome accepted. */
function change(step: Step, key: Key, round: Round, newest: Json): void {
  const { node, effects } = step;
  const { bugs } = node.config;
  const register = new ReplicatedState(new Registers());
  if (newest !== null) register.restore(newest);
  const replies: [ClientRequest, Reply][] = [];
  for (const request of proposerOf(node, key).waiting.values()) {
    const bare = register.isRead(request) || bugs.has("retry-counts-twice");
    const reply = bare ? register.read(request) : register.apply(request);
    if (reply !== undefined) replies.push([request, reply]);
  }
  if (bugs.has("read-without-accept")) {
    for (const [request, reply] of replies) if (register.isRead(request)) effects.reply(request, reply);
  }
  round.replies = replies;
  tellAll(step, { type: "Accept", key, ballot: round.ballot, state: register.snapshot() });
}

function onAccepted(step: Step, acceptor: string, { key, ballot }: Message<"Accepted">): void {
  const { node, effects } = step;
  const proposer = proposerOf(node, key);
  const { round, waiting } = proposer;
  if (round?.replies === undefined || !isOf(round, ballot)) return;
  round.accepts.add(acceptor);
  if (round.accepts.size < node.quorum) return;
  for (const [request, reply] of round.replies) {
    effects.reply(request, reply);
    if (waiting.get(request.client) === request) waiting.delete(request.client);
  }
  proposer.round = undefined;
  proposer.failures = 0;
  effects.cancelTimer(JSON.stringify(key));
  if (waiting.size > 0) propose(step, key);
}

/** Another proposer was faster: tries again later. Whether its state was accepted somewhere, nobody knows. */
function onConflict(step: Step, { key, ballot, promised }: Message<"Conflict">): void {
  const { node, context, effects } = step;
  const proposer = proposerOf(node, key);
  proposer.counter = Math.max(proposer.counter, promised[0]);
  if (proposer.round === undefined || !isOf(proposer.round, ballot)) return;
  proposer.round = undefined;
  const waitNs = backoffNs(node.config.timeoutNs / 4, proposer.failures, context.random);
  effects.setTimer(JSON.stringify(key), waitNs);
}

function isOf(round: Round, ballot: Ballot): boolean {
  return compareBallots(round.ballot, ballot) === 0;
}

function proposerOf({ proposers }: PaxosState, key: Key): Proposer {
  const proposer = proposers.get(key) ?? {
    round: undefined,
    failures: 0,
    counter: 0,
    waiting: new Map<string, ClientRequest>(),
  };
  proposers.set(key, proposer);
  return proposer;
}
