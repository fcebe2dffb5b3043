import type { Json } from "../../../harness/history/operation.ts";
import type { Guarantee } from "../../../harness/ports/target.ts";
import { EffectList } from "../effect-list.ts";
import { FORWARD, ForwardedRequests } from "../forwarded-requests.ts";
import type { ClientRequest, DiskContents, EventContext, NodeConfig, Protocol, Reply } from "../frame.ts";
import { Registers } from "../registers.ts";
import { ReplicatedState } from "../replicated-state.ts";
import {
  type AsyncPrimaryMessage,
  type AsyncPrimaryState,
  agreeTo,
  awaitPrimary,
  countVote,
  type Effects,
  FAILOVER,
  onPropose,
  propose,
  type Version,
} from "./async-failover.ts";

const EVENTUAL: Guarantee = {
  consistency: "convergence",
  workload: "register",
  // The writes of a key that is hardly used may all be lost.
  workloadOptions: { cas: "no", "final-reads": "everywhere", "ops-per-key": "100000" },
};
/** What a node fails to hear of a key stays so, since nobody writes it again. */
const MANY_KEYS: Guarantee = {
  ...EVENTUAL,
  workloadOptions: { cas: "no", "final-reads": "everywhere", "ops-per-key": "20" },
};

const HEARTBEAT = "heartbeat";
/** A client's node asks the primary so many times, then tells the client. */
const MOST_ATTEMPTS = 4;

/**
 * A primary executes updates, makes them durable, acknowledges them, and only then tells the others. A replica that
 * missed something gets a copy of everything. When the primary has not been heard for too long, a majority agrees to a
 * new one, in a new epoch, that has at least as much as each of them; whoever hears of it follows it, and throws away
 * what it had beyond that: an old primary loses what it acknowledged and nobody else had.
 *
 * Eventually consistent: the primary of the newest epoch is the only one that stays, and all come to hold what it holds.
 * A client sees the effect of a fail-over as lost writes, and at replicas that lag as stale reads; with
 * `reads=primary` there are no stale reads but those of a primary that does not know that it was replaced.
 */
export const asyncPrimary: Protocol<AsyncPrimaryState, AsyncPrimaryMessage> = {
  name: "async-primary",
  promises: [EVENTUAL],
  lacks: [
    { consistency: "linearizable", workload: "register", targetOptions: { reads: "primary" } },
    { consistency: "read-your-writes", workload: "causal", targetOptions: { sessions: "roaming" } },
  ],
  operations: ["read", "write", "cas"],
  source:
    "Gray, Helland, O'Neil and Shasha, The Dangers of Replication and a Solution (1996): lazy master; fail-over as by Redis Sentinel",
  description:
    "A primary acknowledges updates before it replicates them; fail-over loses what nobody else has.",
  options: {
    reads: {
      description: "who answers reads: the client's node, or the primary",
      default: "local",
      values: ["local", "primary"],
    },
  },
  bugs: {
    "old-primary-stays": {
      description:
        "a primary does not step down when there is one of a newer epoch: split brain, also after the heal",
      breaks: EVENTUAL,
    },
    "skip-gaps": {
      description:
        "a replica applies an update although it has missed some before it, and never asks for them",
      breaks: MANY_KEYS,
    },
    "positions-without-epochs": {
      description: "positions are compared without their epochs: an old primary keeps what only it has",
      breaks: MANY_KEYS,
    },
  },
  start,
  handle(node, event, context) {
    const effects: Effects = new EffectList();
    if (event.type === "message") onMessage(node, event.from, event.message, context, effects);
    else if (event.type === "timer") onTimer(node, event.name, context, effects);
    else if (event.type === "request") onClientRequest(node, event.request, effects);
    return effects.effects;
  },
  leads: (node) => node.primary === node.id,
  phase: ({ id, primary, epoch, version, votes }) => {
    if (primary === id) return "primary";
    if (votes.size > 0) return "replica, proposes itself";
    return version.epoch === epoch ? "replica" : "replica, of an older epoch";
  },
};

function start(
  { id, nodes, timeoutNs, bugs, options }: NodeConfig,
  disk: DiskContents,
  context: EventContext,
) {
  const stored = disk.records.get("data") as { version: Version; data: Json } | undefined;
  const version = stored?.version ?? { epoch: 0, position: 0 };
  const node: AsyncPrimaryState = {
    id,
    others: nodes.filter((other) => other !== id),
    timeoutNs,
    bugs,
    readsLocally: options["reads"] !== "primary",
    pending: new ForwardedRequests(timeoutNs, MOST_ATTEMPTS),
    epoch: version.epoch,
    primary: null,
    agreed: (disk.records.get("agreed") ?? 0) as number,
    votes: new Set(),
    version,
    machine: new ReplicatedState(new Registers()),
  };
  if (stored !== undefined) node.machine.restore(stored.data);
  const effects: Effects = new EffectList();
  effects.log(`replica with ${version.position} updates, of epoch ${version.epoch}`);
  awaitPrimary(node, context, effects);
  return { state: node, effects: effects.effects };
}

function onTimer(node: AsyncPrimaryState, name: string, context: EventContext, effects: Effects): void {
  if (name === FORWARD) {
    for (const request of node.pending.again(effects)) submit(node, request, effects);
  } else if (name === FAILOVER) {
    if (propose(node, context, effects)) lead(node, effects);
  } else if (node.primary === node.id) heartbeat(node, effects);
}

function onMessage(
  node: AsyncPrimaryState,
  from: string,
  message: AsyncPrimaryMessage,
  context: EventContext,
  effects: Effects,
): void {
  switch (message.type) {
    case "Heartbeat":
    case "Replicate":
    case "Snapshot":
      if (follow(node, from, message.epoch, context, effects)) catchUp(node, from, message, effects);
      return;
    case "Resync":
      if (node.primary !== node.id) return;
      effects.send(from, { type: "Snapshot", ...node.version, data: node.machine.snapshot() });
      return;
    case "Propose":
      onPropose(node, from, message.epoch, message.version, context, effects);
      return;
    case "Agree":
      if (!message.granted) agreeTo(node, message.epoch, effects);
      else if (message.epoch === node.agreed && node.votes.size > 0 && countVote(node, from))
        lead(node, effects);
      return;
    case "Submit":
      if (node.primary === node.id) execute(node, from, message.request, effects);
      return;
    case "Done":
      node.pending.answer(message, message.reply, effects);
  }
}

// Clients.

function onClientRequest(node: AsyncPrimaryState, request: ClientRequest, effects: Effects): void {
  if (node.readsLocally && node.machine.isRead(request)) {
    effects.reply(request, node.machine.read(request));
    return;
  }
  if (node.primary === null) {
    const message = `${node.id} knows no primary`;
    effects.reply(request, { type: "error", code: "no-primary", message, definite: true });
    return;
  }
  node.pending.add(request, effects);
  submit(node, request, effects);
}

function submit(node: AsyncPrimaryState, request: ClientRequest, effects: Effects): void {
  if (node.primary === node.id) execute(node, node.id, request, effects);
  else if (node.primary !== null) effects.send(node.primary, { type: "Submit", request });
}

// The primary.

function lead(node: AsyncPrimaryState, effects: Effects): void {
  node.votes.clear();
  node.epoch = node.agreed;
  node.primary = node.id;
  effects.log(`primary of epoch ${node.epoch}`);
  effects.cancelTimer(FAILOVER);
  keep(node, { epoch: node.epoch, position: node.version.position }, effects);
  heartbeat(node, effects);
}

/** Acknowledges first, replicates then; nobody confirms that it arrived. */
function execute(node: AsyncPrimaryState, origin: string, request: ClientRequest, effects: Effects): void {
  if (node.machine.isRead(request)) {
    answer(node, origin, request, node.machine.read(request), effects);
    return;
  }
  const news = !node.machine.applied(request);
  const reply = node.machine.apply(request);
  if (news) {
    keep(node, { epoch: node.epoch, position: node.version.position + 1 }, effects);
  }
  if (reply !== undefined) answer(node, origin, request, reply, effects);
  if (!news) return;
  for (const other of node.others) effects.send(other, { type: "Replicate", ...node.version, request });
}

function answer(
  node: AsyncPrimaryState,
  origin: string,
  request: ClientRequest,
  reply: Reply,
  effects: Effects,
): void {
  const { client, sequence } = request;
  if (origin === node.id) node.pending.answer(request, reply, effects);
  else effects.send(origin, { type: "Done", client, sequence, reply });
}

function heartbeat(node: AsyncPrimaryState, effects: Effects): void {
  for (const other of node.others) effects.send(other, { type: "Heartbeat", ...node.version });
  effects.setTimer(HEARTBEAT, node.timeoutNs / 4);
}

// Replicas.

/** Follows the primary of an epoch, unless it knows a newer one. */
function follow(
  node: AsyncPrimaryState,
  primary: string,
  epoch: number,
  context: EventContext,
  effects: Effects,
): boolean {
  if (epoch < node.epoch || (node.primary === node.id && node.bugs.has("old-primary-stays"))) return false;
  if (epoch > node.epoch) effects.log(`${primary} is the primary of epoch ${epoch}`);
  node.epoch = epoch;
  node.primary = primary;
  node.votes.clear();
  awaitPrimary(node, context, effects);
  return true;
}

function catchUp(
  node: AsyncPrimaryState,
  primary: string,
  message: Extract<AsyncPrimaryMessage, { type: "Heartbeat" | "Replicate" | "Snapshot" }>,
  effects: Effects,
): void {
  const { epoch, position } = message;
  const sameEpoch = epoch === node.version.epoch || node.bugs.has("positions-without-epochs");
  if (sameEpoch && position <= node.version.position) return;
  const next = sameEpoch && position === node.version.position + 1;
  if (message.type === "Snapshot") node.machine.restore(message.data);
  else if (message.type === "Replicate" && (next || node.bugs.has("skip-gaps")))
    node.machine.apply(message.request);
  else {
    effects.send(primary, { type: "Resync" });
    return;
  }
  keep(node, { epoch, position }, effects);
}

function keep(node: AsyncPrimaryState, version: Version, effects: Effects): void {
  node.version = version;
  effects.write("data", { version, data: node.machine.snapshot() });
  effects.sync();
}
