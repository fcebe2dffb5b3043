import { invariant } from "../../../harness/errors.ts";
import { EffectList } from "../effect-list.ts";
import type { ClientRequest, DiskContents, NodeConfig, Protocol, Reply } from "../frame.ts";
import { PendingRequests } from "../pending-requests.ts";
import { Registers } from "../registers.ts";
import { ReplicatedState } from "../replicated-state.ts";
import { MAX_BATCH } from "./batch.ts";

/** A write or a compare-and-set in its place in the sequence; `origin` is the node whose client waits for it. */
export type SequencedRequest = { readonly origin: string; readonly request: ClientRequest };

export type PrimaryMessage =
  /** To the primary: order this. */
  | { readonly type: "Submit"; readonly request: ClientRequest }
  /** To a replica: the requests with the sequence numbers `first`, `first` + 1, … */
  | { readonly type: "Replicate"; readonly first: number; readonly requests: readonly SequencedRequest[] }
  /** To the primary: everything up to `upTo` is durable and applied here. */
  | { readonly type: "Acknowledge"; readonly upTo: number }
  /** To the origin: every node has it. */
  | { readonly type: "Done"; readonly client: string; readonly sequence: number; readonly reply: Reply };

/** What the primary knows of one other node. */
interface Replica {
  acknowledged: number;
  /** The last sequence number under way to it; 0 when there is none. */
  inFlight: number;
}

export interface PrimaryState {
  readonly id: string;
  readonly primary: string;
  readonly timeoutNs: number;
  readonly pending: PendingRequests;
  /** `log[0]` has the sequence number 1. All of it is applied. */
  readonly log: SequencedRequest[];
  readonly machine: ReplicatedState;
  /** The sequence number of each client's newest update. */
  readonly places: Map<string, number>;
  // On the primary only.
  readonly replicas: Map<string, Replica>;
  /** Every node has everything up to here. */
  done: number;
  retransmitTimer: boolean;
}

type Effects = EffectList<PrimaryMessage>;

/**
 * A fixed primary puts every write and compare-and-set into one sequence; every node applies it in order, and a request
 * is acknowledged when all nodes hold it durably. Reads are answered at once by whatever node the client talks to.
 *
 * Sequentially consistent, for clients that stay with one node. Order the updates by sequence number, and put
 * each read of a node behind the last update that the node had applied. Registers then hold what reads
 * returned, since every node applies the same updates in the same order. The order of each process is kept:
 * - update after update: the first was in the sequence before the second was submitted;
 * - read after update: an update is acknowledged when its own node, among all, has applied it;
 * - update after read: what the read saw was in the sequence before the update was submitted;
 * - read after read: a node's sequence only grows. A kill does not take back what a read saw, since the reply waited
 *   behind the sync of all that the node had applied.
 * A compare-and-set that is refused has a place in the sequence too, and so saw the same registers as everyone.
 * An update whose client gave up may still find its place later; nobody waits for it.
 *
 * Not linearizable: a node that has not heard of an update yet answers reads with the value before it, even when other
 * nodes have shown the new one. An update waits while any node is away.
 */
export const primaryLocalReads: Protocol<PrimaryState, PrimaryMessage> = {
  name: "primary-local-reads",
  promises: [{ consistency: "sequential", workload: "causal" }],
  lacks: [{ consistency: "linearizable", workload: "register" }],
  operations: ["read", "write", "cas"],
  source:
    "Attiya and Welch, Sequential Consistency versus Linearizability (1994): the algorithm with local reads",
  description:
    "A fixed primary orders all updates, every node applies them before they count, reads are local.",
  bugs: {},
  start,
  handle(node, event) {
    const effects: Effects = new EffectList();
    if (event.type === "message") onMessage(node, event.from, event.message, effects);
    else if (event.type === "timer") onTimer(node, event.name, effects);
    else if (event.type === "request") onClientRequest(node, event.request, effects);
    return effects.effects;
  },
  leads: (node) => node.id === node.primary,
};

function start({ id, nodes, timeoutNs }: NodeConfig, disk: DiskContents) {
  const primary = nodes[0] as string;
  const replicas = id === primary ? nodes.filter((node) => node !== id) : [];
  const log = (disk.logs.get("log") ?? []) as readonly SequencedRequest[];
  const state: PrimaryState = {
    id,
    primary,
    timeoutNs,
    pending: new PendingRequests(),
    log: [],
    machine: new ReplicatedState(new Registers()),
    places: new Map(),
    replicas: new Map(replicas.map((node) => [node, { acknowledged: 0, inFlight: 0 }])),
    done: 0,
    retransmitTimer: false,
  };
  for (const sequenced of log) apply(state, sequenced);
  const effects: Effects = new EffectList();
  effects.log(`${id === primary ? "primary" : "replica"} with ${log.length} updates`);
  // Replicas may lack what the primary held when it was killed: it asks them by sending again.
  replicate(state, effects);
  return { state, effects: effects.effects };
}

function onClientRequest(node: PrimaryState, request: ClientRequest, effects: Effects): void {
  if (node.machine.isRead(request)) {
    effects.reply(request, node.machine.read(request));
    return;
  }
  if (node.pending.size === 0) effects.setTimer("resubmit", node.timeoutNs);
  node.pending.add(request);
  submit(node, request, effects);
}

function submit(node: PrimaryState, request: ClientRequest, effects: Effects): void {
  if (node.id === node.primary) order(node, node.id, request, effects);
  else effects.send(node.primary, { type: "Submit", request });
}

function onMessage(node: PrimaryState, from: string, message: PrimaryMessage, effects: Effects): void {
  switch (message.type) {
    case "Submit":
      order(node, from, message.request, effects);
      return;
    case "Replicate":
      onReplicate(node, from, message.first, message.requests, effects);
      return;
    case "Acknowledge":
      onAcknowledge(node, from, message.upTo, effects);
      return;
    case "Done":
      if (node.pending.take(message.client, message.sequence)) effects.reply(message, message.reply);
  }
}

function onTimer(node: PrimaryState, name: string, effects: Effects): void {
  if (name === "resubmit") {
    for (const request of node.pending) submit(node, request, effects);
    if (node.pending.size > 0) effects.setTimer("resubmit", node.timeoutNs);
  } else {
    node.retransmitTimer = false;
    for (const replica of node.replicas.values()) replica.inFlight = 0;
    replicate(node, effects);
  }
}

// On the primary.

/** Gives an update its place, unless it has one; a copy that comes after its acknowledgement is answered again. */
function order(node: PrimaryState, origin: string, request: ClientRequest, effects: Effects): void {
  if (!node.machine.applied(request)) {
    extend(node, [{ origin, request }], effects);
    if (node.replicas.size === 0) advance(node, effects);
    replicate(node, effects);
    return;
  }
  if ((node.places.get(request.client) as number) <= node.done) finish(node, { origin, request }, effects);
}

/** Sends every replica what it lacks, one batch at a time, and again when nothing comes back. */
function replicate(node: PrimaryState, effects: Effects): void {
  for (const [to, replica] of node.replicas) {
    const { acknowledged, inFlight } = replica;
    if (inFlight > 0 || acknowledged === node.log.length) continue;
    const requests = node.log.slice(acknowledged, acknowledged + MAX_BATCH);
    replica.inFlight = acknowledged + requests.length;
    effects.send(to, { type: "Replicate", first: acknowledged + 1, requests });
  }
  if (node.done < node.log.length && node.replicas.size > 0 && !node.retransmitTimer) {
    node.retransmitTimer = true;
    effects.setTimer("retransmit", node.timeoutNs / 2);
  }
}

function onAcknowledge(node: PrimaryState, from: string, upTo: number, effects: Effects): void {
  const replica = node.replicas.get(from);
  if (replica === undefined) return;
  replica.acknowledged = Math.max(replica.acknowledged, upTo);
  if (replica.acknowledged >= replica.inFlight) replica.inFlight = 0;
  advance(node, effects);
  replicate(node, effects);
}

/** Acknowledges what every node has by now. */
function advance(node: PrimaryState, effects: Effects): void {
  let everywhere = node.log.length;
  for (const { acknowledged } of node.replicas.values()) everywhere = Math.min(everywhere, acknowledged);
  while (node.done < everywhere) finish(node, node.log[node.done++] as SequencedRequest, effects);
}

function finish(node: PrimaryState, { origin, request }: SequencedRequest, effects: Effects): void {
  const reply = node.machine.replyTo(request);
  if (reply === undefined) return;
  const { client, sequence } = request;
  if (origin !== node.id) effects.send(origin, { type: "Done", client, sequence, reply });
  else if (node.pending.take(client, sequence)) effects.reply(request, reply);
}

// On every node.

function onReplicate(
  node: PrimaryState,
  primary: string,
  first: number,
  requests: readonly SequencedRequest[],
  effects: Effects,
): void {
  const known = node.log.length + 1 - first;
  // The primary starts behind what was acknowledged, and what was acknowledged was durable.
  invariant(known >= 0, `${node.id} has ${node.log.length} updates and is sent those from ${first}`);
  if (known < requests.length) extend(node, requests.slice(known), effects);
  effects.send(primary, { type: "Acknowledge", upTo: node.log.length });
}

function extend(node: PrimaryState, requests: readonly SequencedRequest[], effects: Effects): void {
  for (const sequenced of requests) apply(node, sequenced);
  effects.append("log", requests);
  effects.sync();
}

function apply(node: PrimaryState, sequenced: SequencedRequest): void {
  node.log.push(sequenced);
  node.machine.apply(sequenced.request);
  node.places.set(sequenced.request.client, node.log.length);
}
