import type { Guarantee } from "../../../harness/ports/target.ts";
import { type Ballot, compareBallots } from "../ballot.ts";
import { EffectList } from "../effect-list.ts";
import { FORWARD } from "../forwarded-requests.ts";
import type { ClientRequest, DiskContents, EventContext, NodeConfig, Protocol } from "../frame.ts";
import { acceptedFrom, onAccept, onHeartbeat, onPrepare, promise } from "./multi-paxos-acceptor.ts";
import { beginRound, onAccepted, onHeartbeatResponse, propose, resend, serve } from "./multi-paxos-leader.ts";
import { onLearn, onLearned } from "./multi-paxos-learner.ts";
import { follow, resetElectionTimer } from "./multi-paxos-roles.ts";
import {
  type Effects,
  type Message,
  type MultiPaxosMessage,
  type MultiPaxosState,
  type Proposal,
  restoredState,
  type Step,
} from "./multi-paxos-state.ts";

const LINEARIZABLE: Guarantee = { consistency: "linearizable", workload: "register" };
const LINEARIZABLE_LOG: Guarantee = { ...LINEARIZABLE, targetOptions: { reads: "log" } };

/**
 * Multi-Paxos: every slot of a log is an instance of Paxos, and one ballot prepares all of them, so that a leader has
 * its commands accepted in one round trip. Every node is proposer, acceptor and learner. Slots are accepted in any
 * order, which leaves gaps where a leader stops; the next one fills them. Beside the paper:
 * - whoever hears no leader for a while, longer each time, prepares a ballot of its own;
 * - a node passes its clients' requests to the leader, again until one answers; sessions make a request count once;
 * - heartbeats tell what is chosen, and confirm the leader for reads, which then need no slot;
 * - a leader that hears of no majority for two time-outs steps down.
 */
export const multiPaxos: Protocol<MultiPaxosState, MultiPaxosMessage> = {
  name: "multi-paxos",
  promises: [LINEARIZABLE, LINEARIZABLE_LOG],
  operations: ["read", "write", "cas"],
  source:
    "Lamport, Paxos Made Simple (2001), section 3; Chandra, Griesemer and Redstone, Paxos Made Live (2007), section 5",
  description:
    "A leader prepares all slots of a log at once, and has a majority accept one command in each of them.",
  options: {
    reads: {
      description: "whether a read has a majority confirm the leader, or takes a slot of the log",
      default: "quorum",
      values: ["quorum", "log"],
    },
  },
  bugs: {
    "skip-prepare": {
      description: "a new leader skips the prepare phase and proposes on what it accepted itself",
      breaks: LINEARIZABLE,
    },
    "own-value": {
      description:
        "a new leader proposes what it accepted itself, though another was accepted under a higher ballot",
      breaks: { ...LINEARIZABLE, workloadOptions: { keys: "20" } },
    },
    "fill-own-gap": {
      description:
        "a new leader fills gaps of its own log with no-ops, whatever the promises tell of those slots",
      breaks: LINEARIZABLE,
    },
    "accept-lower-ballot": {
      description: "an acceptor accepts whatever ballot comes, also below its promise",
      breaks: LINEARIZABLE,
    },
    "accept-not-durable": {
      description: "an acceptor acknowledges a proposal before it is on disk",
      breaks: LINEARIZABLE,
    },
    "execute-past-gap": {
      description: "chosen commands are executed at once, also behind a gap of the log",
      breaks: LINEARIZABLE,
    },
    "leader-reads-alone": {
      description: "a leader answers reads at once, though another may have been elected",
      breaks: LINEARIZABLE,
    },
    "read-before-takeover": {
      description: "a new leader answers reads before it has finished the slots that it inherited",
      breaks: LINEARIZABLE,
    },
    "half-quorum": { description: "half of the nodes are taken for a quorum", breaks: LINEARIZABLE },
  },
  start,
  handle(node, event, context) {
    const effects: Effects = new EffectList();
    const step = { node, context, effects };
    if (event.type === "message") onMessage(step, event.from, event.message);
    else if (event.type === "timer") onTimer(step, event.name);
    else if (event.type === "request") onClientRequest(step, event.request);
    return effects.effects;
  },
  leads: ({ role }) => role === "leader",
  phase({ role, chosen, inherited, learned }) {
    if (role === "leader" && chosen.length < inherited) return "leader, finishing inherited slots";
    return learned.size > 0 ? `${role}, behind a gap` : role;
  },
};

function start(config: NodeConfig, disk: DiskContents, context: EventContext) {
  const node = restoredState(config, disk);
  const effects: Effects = new EffectList();
  effects.log(`follower, promised ${node.promised.join(" of ")}, knows ${node.chosen.length} chosen`);
  resetElectionTimer({ node, context, effects });
  return { state: node, effects: effects.effects };
}

function onTimer(step: Step, name: string): void {
  const { node, effects } = step;
  switch (name) {
    case "election":
      startElection(step);
      return;
    case "heartbeat":
      beginRound(step);
      effects.setTimer("heartbeat", node.config.timeoutNs / 4);
      return;
    case "resend":
      resend(step);
      effects.setTimer("resend", node.config.timeoutNs);
      return;
    case "quorum":
      checkQuorum(step);
      return;
    case FORWARD:
      for (const request of node.forwarded.again(effects)) submit(step, request);
  }
}

function onMessage(step: Step, from: string, message: MultiPaxosMessage): void {
  const { node, effects } = step;
  switch (message.type) {
    case "Prepare":
      onPrepare(step, from, message);
      return;
    case "Promise":
      onPromise(step, from, message);
      return;
    case "Accept":
      onAccept(step, from, message);
      return;
    case "Accepted":
      onAccepted(step, from, message);
      return;
    case "Conflict":
      onConflict(step, message);
      return;
    case "Heartbeat":
      onHeartbeat(step, from, message);
      return;
    case "HeartbeatResponse":
      onHeartbeatResponse(step, from, message);
      return;
    case "Learn":
      onLearn(step, from, message);
      return;
    case "Learned":
      onLearned(step, message.first, message.commands);
      return;
    case "ForwardedRequest":
      if (node.role === "leader") serve(step, from, message.request);
      return;
    case "ForwardedReply":
      node.forwarded.answer(message, message.reply, effects);
  }
}

// Proposers: who leads.

/** Phase 1a, with a ballot above all that it met. */
function startElection(step: Step): void {
  const { node, effects } = step;
  const { id, bugs } = node.config;
  const ballot: Ballot = [node.counter + 1, id];
  const first = node.chosen.length + 1;
  promise(step, ballot);
  node.role = "candidate";
  node.leader = null;
  node.ballot = ballot;
  node.promises = new Map([[id, acceptedFrom(node, first)]]);
  node.failures++;
  effects.log(`candidate with ballot ${ballot.join(" of ")}`);
  resetElectionTimer(step);
  for (const peer of node.peers) effects.send(peer, { type: "Prepare", ballot, first });
  if (node.promises.size >= node.quorum || bugs.has("skip-prepare")) becomeLeader(step);
}

function onPromise(step: Step, acceptor: string, { ballot, accepted }: Message<"Promise">): void {
  const { node } = step;
  if (node.role !== "candidate" || compareBallots(ballot, node.ballot) !== 0) return;
  node.promises.set(acceptor, accepted);
  if (node.promises.size >= node.quorum) becomeLeader(step);
}

/** Proposes again whatever may have been chosen, and nothing in the slots between. */
function becomeLeader(step: Step): void {
  const { node, effects } = step;
  effects.log(`leader with ballot ${node.ballot.join(" of ")}, promised by ${[...node.promises.keys()]}`);
  effects.cancelTimer("election");
  node.role = "leader";
  node.leader = node.config.id;
  node.failures = 0;
  const newest = new Map<number, Proposal>();
  for (const proposal of [...node.promises.values()].flat()) {
    const known = newest.get(proposal.slot);
    if (known === undefined || compareBallots(proposal.ballot, known.ballot) > 0) {
      newest.set(proposal.slot, proposal);
    }
  }
  node.inherited = Math.max(node.chosen.length, ...newest.keys());
  node.nextSlot = node.inherited + 1;
  node.proposals = new Map();
  node.proposedFor = new Map();
  node.reads = [];
  node.round = 0;
  node.confirmedRound = 0;
  node.roundAtLastQuorumCheck = 0;
  node.answered = new Map();
  for (let slot = node.chosen.length + 1; slot <= node.inherited; slot++) {
    propose(step, slot, inheritedCommand(node, slot, newest.get(slot)));
  }
  beginRound(step);
  effects.setTimer("heartbeat", node.config.timeoutNs / 4);
  effects.setTimer("resend", node.config.timeoutNs);
  effects.setTimer("quorum", 2 * node.config.timeoutNs);
}

/** The command of the highest ballot that a promise told of; a gap is filled with nothing. */
function inheritedCommand({ config, accepted }: MultiPaxosState, slot: number, newest: Proposal | undefined) {
  const own = accepted.get(slot);
  if (own !== undefined && config.bugs.has("own-value")) return own.command;
  if (own === undefined && config.bugs.has("fill-own-gap")) return null;
  return newest?.command ?? null;
}

function onConflict(step: Step, { ballot, promised }: Message<"Conflict">): void {
  const { node } = step;
  node.counter = Math.max(node.counter, promised[0]);
  if (node.role !== "follower" && compareBallots(ballot, node.ballot) === 0) follow(step, null);
}

/** A leader that hears of no majority steps down, so that its clients are told. */
function checkQuorum(step: Step): void {
  const { node, effects } = step;
  if (node.confirmedRound === node.roundAtLastQuorumCheck && node.peers.length > 0) follow(step, null);
  else {
    node.roundAtLastQuorumCheck = node.confirmedRound;
    effects.setTimer("quorum", 2 * node.config.timeoutNs);
  }
}

// Clients.

function onClientRequest(step: Step, request: ClientRequest): void {
  const { node, effects } = step;
  if (node.leader === null) {
    const message = `${node.config.id} knows no leader`;
    effects.reply(request, { type: "error", code: "no-leader", message, definite: true });
    return;
  }
  node.forwarded.add(request, effects);
  submit(step, request);
}

function submit(step: Step, request: ClientRequest): void {
  const { node, effects } = step;
  if (node.role === "leader") serve(step, node.config.id, request);
  else if (node.leader !== null) effects.send(node.leader, { type: "ForwardedRequest", request });
}
