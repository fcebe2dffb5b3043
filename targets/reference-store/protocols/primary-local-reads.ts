import { EffectList } from "../effect-list.ts";
import { FORWARD, ForwardedRequests } from "../forwarded-requests.ts";
import type { ClientRequest, DiskContents, NodeConfig, Protocol, Reply } from "../frame.ts";
import { LogFeed } from "../log-feed.ts";
import { Registers } from "../registers.ts";
import { ReplicatedState } from "../replicated-state.ts";

/** A write or a compare-and-set in its place in the sequence; `origin` is the node whose client waits for it. */
type SequencedRequest = { readonly origin: string; readonly request: ClientRequest };

export type PrimaryMessage =
  /** To the primary: order this. */
  | { readonly type: "Submit"; readonly request: ClientRequest }
  /** To a replica: the requests with the sequence numbers `first`, `first` + 1, … */
  | { readonly type: "Replicate"; readonly first: number; readonly requests: readonly SequencedRequest[] }
  /** To the primary: everything up to `upTo` is durable and applied here. */
  | { readonly type: "Acknowledge"; readonly upTo: number }
  /** To the primary: what was sent comes after what is lacking here, from `upTo` on. */
  | { readonly type: "Behind"; readonly upTo: number }
  /** To the origin: every node has it. */
  | { readonly type: "Done"; readonly client: string; readonly sequence: number; readonly reply: Reply };

export interface PrimaryState {
  readonly id: string;
  readonly primary: string;
  readonly nodeCount: number;
  readonly bugs: ReadonlySet<string>;
  readonly pending: ForwardedRequests;
  /** `log[0]` has the sequence number 1. All of it is applied. */
  readonly log: SequencedRequest[];
  readonly machine: ReplicatedState;
  /** The sequence number of each client's newest update. */
  readonly places: Map<string, number>;
  // On the primary only.
  readonly replicas: LogFeed<SequencedRequest>;
  /** Every node has everything up to here. */
  done: number;
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
  bugs: {
    "acknowledge-when-ordered": {
      description: "the primary acknowledges an update before the client's own node has applied it",
      breaks: { consistency: "sequential", workload: "causal" },
    },
    "acknowledge-before-fsync": {
      description:
        "replicas acknowledge and show updates that are not on their disks yet; a kill takes them back",
      breaks: { consistency: "sequential", workload: "causal" },
    },
    "execute-again": {
      description: "an update that is submitted again gets a second place in the sequence",
      breaks: { consistency: "sequential", workload: "causal" },
    },
  },
  start,
  handle(node, event) {
    const effects: Effects = new EffectList();
    if (event.type === "message") onMessage(node, event.from, event.message, effects);
    else if (event.type === "timer") onTimer(node, event.name, effects);
    else if (event.type === "request") onClientRequest(node, event.request, effects);
    return effects.effects;
  },
  leads: (node) => node.id === node.primary,
  phase: (node) =>
    node.id !== node.primary ? "replica" : node.done < node.log.length ? "primary, waiting" : "primary, idle",
};

function start({ id, nodes, timeoutNs, bugs }: NodeConfig, disk: DiskContents) {
  const primary = nodes[0] as string;
  const stored = (disk.logs.get("log") ?? []) as readonly SequencedRequest[];
  const log = [...stored];
  const replicas = id === primary ? nodes.filter((node) => node !== id) : [];
  const state: PrimaryState = {
    id,
    primary,
    nodeCount: nodes.length,
    bugs,
    pending: new ForwardedRequests(timeoutNs),
    log,
    machine: new ReplicatedState(new Registers()),
    places: new Map(),
    replicas: new LogFeed(log, replicas, timeoutNs / 2),
    done: 0,
  };
  for (const [i, { request }] of stored.entries()) apply(state, request, i + 1);
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
  node.pending.add(request, effects);
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
      node.replicas.acknowledge(from, message.upTo);
      advance(node, effects);
      replicate(node, effects);
      return;
    case "Behind":
      node.replicas.rewind(from, message.upTo);
      replicate(node, effects);
      return;
    case "Done":
      node.pending.answer(message, message.reply, effects);
  }
}

function onTimer(node: PrimaryState, name: string, effects: Effects): void {
  if (name === FORWARD) {
    for (const request of node.pending.again(effects)) submit(node, request, effects);
  } else {
    node.replicas.again();
    replicate(node, effects);
  }
}

// On the primary.

/** Gives an update its place, unless it has one; a copy that comes after its acknowledgement is answered again. */
function order(node: PrimaryState, origin: string, request: ClientRequest, effects: Effects): void {
  if (!node.machine.applied(request) || node.bugs.has("execute-again")) {
    extend(node, [{ origin, request }], effects);
    if (node.bugs.has("acknowledge-when-ordered")) finish(node, { origin, request }, effects);
    advance(node, effects);
    replicate(node, effects);
    return;
  }
  if ((node.places.get(request.client) as number) <= node.done) finish(node, { origin, request }, effects);
}

function replicate(node: PrimaryState, effects: Effects): void {
  node.replicas.feed(effects, (to, first, requests) =>
    effects.send(to, { type: "Replicate", first, requests }),
  );
}

/** Acknowledges what every node has by now. */
function advance(node: PrimaryState, effects: Effects): void {
  const everywhere = node.replicas.heldBy(node.nodeCount);
  while (node.done < everywhere) finish(node, node.log[node.done++] as SequencedRequest, effects);
}

function finish(node: PrimaryState, { origin, request }: SequencedRequest, effects: Effects): void {
  const reply = node.machine.replyTo(request);
  if (reply === undefined) return;
  const { client, sequence } = request;
  if (origin === node.id) node.pending.answer(request, reply, effects);
  else effects.send(origin, { type: "Done", client, sequence, reply });
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
  if (known < 0) {
    effects.send(primary, { type: "Behind", upTo: node.log.length });
    return;
  }
  if (known < requests.length) extend(node, requests.slice(known), effects);
  effects.send(primary, { type: "Acknowledge", upTo: node.log.length });
}

function extend(node: PrimaryState, requests: readonly SequencedRequest[], effects: Effects): void {
  for (const sequenced of requests) {
    node.log.push(sequenced);
    apply(node, sequenced.request, node.log.length);
  }
  effects.append("log", requests);
  if (node.bugs.has("acknowledge-before-fsync") && node.id !== node.primary) return;
  effects.sync();
}

function apply(node: PrimaryState, request: ClientRequest, place: number): void {
  if (node.bugs.has("execute-again")) node.machine.forget(request.client);
  node.machine.apply(request);
  node.places.set(request.client, place);
}
