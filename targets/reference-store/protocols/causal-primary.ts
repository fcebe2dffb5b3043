import type { Key } from "../../../harness/history/operation.ts";
import type { Guarantee } from "../../../harness/ports/target.ts";
import { CausalChannel, type CausalMessage, EXCHANGE } from "../causal-channel.ts";
import { EffectList } from "../effect-list.ts";
import { FORWARD, ForwardedRequests } from "../forwarded-requests.ts";
import type { ClientRequest, DiskContents, NodeConfig, Protocol, Reply } from "../frame.ts";
import { nodeOf } from "../key-placement.ts";
import { laggingReplicas } from "../lagging-replicas.ts";
import { Registers } from "../registers.ts";
import { ReplicatedState } from "../replicated-state.ts";
import { countOf, covers, joined, type VectorClock } from "../vector-clock.ts";

/** A write as its primary made it. */
export type PrimaryWrite = { readonly request: ClientRequest };

export type CausalPrimaryMessage =
  | CausalMessage<PrimaryWrite>
  /** To the primary of the key. */
  | { readonly type: "Write"; readonly request: ClientRequest }
  | { readonly type: "Done"; readonly client: string; readonly sequence: number; readonly reply: Reply };

export interface CausalPrimaryState {
  readonly id: string;
  readonly nodes: readonly string[];
  readonly bugs: ReadonlySet<string>;
  readonly pending: ForwardedRequests;
  readonly channel: CausalChannel<PrimaryWrite>;
  readonly machine: ReplicatedState;
  /** Of each key's newest write that is here: how many writes its primary had made by then. */
  readonly versions: Map<Key, number>;
  /** What cannot be served until this node has caught up with the client, by client. */
  readonly waiting: Map<string, { readonly origin: string; readonly request: ClientRequest }>;
}

type Effects = EffectList<CausalPrimaryMessage>;

/** A client's node asks a primary so many times, then tells the client. */
const MOST_ATTEMPTS = 4;

const promise = (consistency: string): Guarantee => ({
  consistency,
  workload: "causal",
  targetOptions: { sessions: "roaming" },
});

/**
 * Each key has a primary, which orders its writes, makes them durable, acknowledges them and then tells the others,
 * who apply them in causal order and answer reads. A client carries the timestamps of what it has seen and written,
 * and whoever serves it waits until it has caught up with them: so a client may ask any node for anything.
 *
 * A timestamp counts the writes of one primary, and a client carries one for each. What a node has applied begins with
 * all that any part of it depends on, and a read tells the client which write it saw: so a client that is served at a
 * node that has caught up with it sees all that its writes and reads depend on. That gives causal consistency and the
 * four session guarantees. A single Lamport timestamp for all primaries would make the store sequentially consistent: each read
 * could be put at the client's timestamp in the order of all writes.
 *
 * Not sequentially consistent: one client sees the write of one primary and not yet that of another, a second client the
 * other way round. A write waits for its primary; nobody takes its place.
 */
export const causalPrimary: Protocol<CausalPrimaryState, CausalPrimaryMessage> = {
  name: "causal-primary",
  promises: [
    promise("causal"),
    promise("read-your-writes"),
    promise("monotonic-reads"),
    promise("monotonic-writes"),
    promise("writes-follow-reads"),
  ],
  lacks: [laggingReplicas(promise("sequential"))],
  operations: ["read", "write"],
  source:
    "Lloyd et al., Don't Settle for Eventual: COPS (2011); Terry et al., Session Guarantees for Weakly Consistent Replicated Data (1994)",
  description:
    "Every key has a primary; clients carry what they depend on, and whoever serves them catches up first.",
  bugs: {
    "ignore-context": {
      description: "a replica answers reads at once, whether it has caught up with the client or not",
      breaks: promise("read-your-writes"),
    },
    "reads-carry-nothing": {
      description:
        "the client's timestamps move with its writes alone: what it has read may be gone at the next node",
      breaks: promise("monotonic-reads"),
    },
    "ignore-dependencies": {
      description:
        "a replica applies writes as they come, before those of other primaries that they depend on",
      breaks: promise("causal"),
    },
    "primary-does-not-wait": {
      description:
        "a primary takes a write before it has caught up with its client, and so tells nobody what it depends on",
      breaks: promise("causal"),
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
  phase: ({ waiting }) => (waiting.size === 0 ? "caught up" : "catching up with a client"),
};

function start({ id, nodes, timeoutNs, bugs }: NodeConfig, disk: DiskContents) {
  const others = nodes.filter((node) => node !== id);
  const node: CausalPrimaryState = {
    id,
    nodes,
    bugs,
    pending: new ForwardedRequests(timeoutNs, MOST_ATTEMPTS),
    channel: new CausalChannel(id, others, timeoutNs / 2),
    machine: new ReplicatedState(new Registers()),
    versions: new Map(),
    waiting: new Map(),
  };
  const effects: Effects = new EffectList();
  const delivered = node.channel.start(disk, effects);
  for (const { body, number } of delivered) apply(node, body.request, number);
  effects.log(`${delivered.length} writes`);
  return { state: node, effects: effects.effects };
}

function onClientRequest(node: CausalPrimaryState, request: ClientRequest, effects: Effects): void {
  node.pending.add(request, effects);
  submit(node, request, effects);
}

function submit(node: CausalPrimaryState, request: ClientRequest, effects: Effects): void {
  const primary = nodeOf(request.key, node.nodes);
  if (node.machine.isRead(request) || primary === node.id) {
    serveWhenCaughtUp(node, node.id, request, effects);
  } else effects.send(primary, { type: "Write", request });
}

function onMessage(
  node: CausalPrimaryState,
  from: string,
  message: CausalPrimaryMessage,
  effects: Effects,
): void {
  switch (message.type) {
    case "Write":
      serveWhenCaughtUp(node, from, message.request, effects);
      return;
    case "Done":
      node.pending.answer(message, message.reply, effects);
      return;
    case "Updates":
    case "Digest":
      onCausalMessage(node, from, message, effects);
  }
}

function onTimer(node: CausalPrimaryState, name: string, effects: Effects): void {
  if (name === EXCHANGE) node.channel.exchange(effects);
  else if (name === FORWARD) {
    for (const request of node.pending.again(effects)) submit(node, request, effects);
  }
}

function onCausalMessage(
  node: CausalPrimaryState,
  from: string,
  message: CausalMessage<PrimaryWrite>,
  effects: Effects,
): void {
  const heard = node.bugs.has("ignore-dependencies") ? withoutDependencies(message) : message;
  const delivered = node.channel.hear(from, heard, effects);
  for (const { body, number } of delivered) apply(node, body.request, number);
  if (delivered.length === 0) return;
  for (const { origin, request } of [...node.waiting.values()]) {
    serveWhenCaughtUp(node, origin, request, effects);
  }
}

function serveWhenCaughtUp(
  node: CausalPrimaryState,
  origin: string,
  request: ClientRequest,
  effects: Effects,
): void {
  node.waiting.delete(request.client);
  if (!caughtUp(node, request)) node.waiting.set(request.client, { origin, request });
  else if (node.machine.isRead(request)) read(node, request, effects);
  else write(node, origin, request, effects);
}

function caughtUp({ channel, machine, bugs }: CausalPrimaryState, request: ClientRequest): boolean {
  if (bugs.has(machine.isRead(request) ? "ignore-context" : "primary-does-not-wait")) return true;
  return covers(channel.clock, seenBy(request));
}

function seenBy({ context }: ClientRequest): VectorClock {
  return (context ?? {}) as VectorClock;
}

function read(node: CausalPrimaryState, request: ClientRequest, effects: Effects): void {
  const seen = { [nodeOf(request.key, node.nodes)]: node.versions.get(request.key) ?? 0 };
  const context = node.bugs.has("reads-carry-nothing") ? seenBy(request) : joined(seenBy(request), seen);
  node.pending.answer(request, { ...node.machine.read(request), context } as Reply, effects);
}

/** On the primary of the key: a write counts once, and is answered again when it comes again. */
function write(node: CausalPrimaryState, origin: string, request: ClientRequest, effects: Effects): void {
  if (!node.machine.applied(request)) {
    const { number } = node.channel.broadcast({ request }, effects);
    apply(node, request, number);
  }
  const reply = node.machine.replyTo(request);
  if (reply === undefined) return;
  const written = { [node.id]: countOf(node.channel.clock, node.id) };
  const told = { ...reply, context: joined(seenBy(request), written) } as Reply;
  const { client, sequence } = request;
  if (origin === node.id) node.pending.answer(request, told, effects);
  else effects.send(origin, { type: "Done", client, sequence, reply: told });
}

function apply(node: CausalPrimaryState, request: ClientRequest, number: number): void {
  node.machine.apply(request);
  node.versions.set(request.key, number);
}

function withoutDependencies(message: CausalMessage<PrimaryWrite>): CausalMessage<PrimaryWrite> {
  if (message.type !== "Updates") return message;
  return { ...message, entries: message.entries.map((entry) => ({ ...entry, after: {} })) };
}
