import type { Json, Key } from "../../../harness/history/operation.ts";
import type { Guarantee } from "../../../harness/ports/target.ts";
import { Backlog } from "../backlog.ts";
import { MAX_BATCH } from "../batch.ts";
import { CausalChannel, type CausalMessage, EXCHANGE } from "../causal-channel.ts";
import type { CausalEntry } from "../causal-log.ts";
import type { Crdt } from "../crdts/crdt.ts";
import { crdts } from "../crdts/index.ts";
import { CrdtObjects, type KeyedUpdate } from "../crdts/objects.ts";
import { EffectList } from "../effect-list.ts";
import type { ClientRequest, DiskContents, NodeConfig, Protocol } from "../frame.ts";
import { joined, type VectorClock } from "../vector-clock.ts";

type KeyedState = { readonly key: Key; readonly version: number; readonly state: Json };

export type CrdtMessage =
  // State-based: states to merge, and which of them are merged and durable now.
  | { readonly type: "Merge"; readonly counter: number; readonly states: readonly KeyedState[] }
  | { readonly type: "Merged"; readonly versions: readonly (readonly [Key, number])[] }
  // Operation-based.
  | CausalMessage<KeyedUpdate>;

export interface CrdtState {
  readonly peers: readonly string[];
  readonly timeoutNs: number;
  readonly bugs: ReadonlySet<string>;
  readonly stateBased: boolean;
  readonly objects: CrdtObjects;
  /** State-based: whose states the others lack. */
  readonly backlog: Backlog;
  /** Operation-based: brings updates to all, in causal order. */
  readonly channel: CausalChannel<KeyedUpdate>;
  /** The newest update of each origin that ever arrived, also where some before it are still missing. */
  newest: VectorClock;
}

type Effects = EffectList<CrdtMessage>;

const promiseOf = (type: string, replication: string, workload: string, workloadOptions = {}): Guarantee => ({
  consistency: "strong-eventual",
  workload,
  workloadOptions,
  targetOptions: { type, replication },
});

/**
 * Replicated data types: every node takes reads and updates at once, and tells the others later. State-based, a node
 * applies its own updates and sends states, which the others merge. Operation-based, it sends updates, which are
 * delivered once and in causal order.
 *
 * Strong eventual consistency: replicas that have seen the same updates hold the same, because merge is a least upper
 * bound, and updates that do not depend on each other commute. An update counts when it is durable where it was made;
 * stamps continue where the disk ends, and what was lost with a kill was never told to anybody.
 */
export const crdt: Protocol<CrdtState, CrdtMessage> = {
  name: "crdt",
  promises: [
    promiseOf("or-set", "state", "or-set"),
    promiseOf("or-set", "operation", "or-set"),
    promiseOf("2p-set", "state", "set"),
    promiseOf("g-set", "state", "set", { remove: "no" }),
    promiseOf("pn-counter", "state", "counter", { negative: "yes" }),
    promiseOf("pn-counter", "operation", "counter", { negative: "yes" }),
    promiseOf("g-counter", "state", "counter", { negative: "no" }),
    promiseOf("lww-register", "state", "register", { cas: "no", "final-reads": "everywhere" }),
    promiseOf("mv-register", "state", "mv-register"),
    promiseOf("mv-register", "operation", "mv-register"),
    promiseOf("rga", "operation", "list"),
  ],
  operations: ["read", "write", "add", "remove", "insert"],
  source:
    "Shapiro, Preguiça, Baquero and Zawirski, A comprehensive study of convergent and commutative replicated data types (2011)",
  description:
    "Every node takes updates at once; states merge, or updates commute, so that all end with the same.",
  options: {
    type: { description: "the data type", default: "or-set", values: Object.keys(crdts) },
    replication: {
      description: "what nodes send each other: states, or updates",
      default: "state",
      values: ["state", "operation"],
    },
  },
  bugs: {
    "merge-adds-up": {
      description: "merging counters adds them up: a state that arrives twice counts twice",
      breaks: promiseOf("pn-counter", "state", "counter", { negative: "yes" }),
    },
    "forget-tombstones": {
      description: "a merge forgets what was removed here: a removed element comes back",
      breaks: promiseOf("or-set", "state", "or-set"),
    },
    "stamps-start-again": {
      description: "a node that restarts gives stamps that it gave before",
      breaks: promiseOf("or-set", "state", "or-set"),
    },
    "apply-every-arrival": {
      description: "an update is applied each time it arrives",
      breaks: promiseOf("pn-counter", "operation", "counter", { negative: "yes" }),
    },
    "digest-hides-gaps": {
      description:
        "a node tells the newest update of each origin that it has: one before that which was lost stays lost",
      breaks: promiseOf("rga", "operation", "list"),
    },
  },
  start,
  handle(node, event) {
    const effects: Effects = new EffectList();
    if (event.type === "message") onMessage(node, event.from, event.message, effects);
    else if (event.type === "timer") exchange(node, effects);
    else if (event.type === "request") onClientRequest(node, event.request, effects);
    return effects.effects;
  },
  phase: ({ objects, stateBased }) =>
    `${objects.crdt.name}, ${stateBased ? "state-based" : "operation-based"}`,
};

function start({ id, nodes, timeoutNs, bugs, options }: NodeConfig, disk: DiskContents) {
  const peers = nodes.filter((node) => node !== id);
  const node: CrdtState = {
    peers,
    timeoutNs,
    bugs,
    stateBased: options["replication"] === "state",
    objects: new CrdtObjects(id, crdts[options["type"] as string] as Crdt<Json, Json>),
    backlog: new Backlog(peers),
    channel: new CausalChannel(id, peers, timeoutNs / 2),
    newest: {},
  };
  const contents = disk.records.get("objects");
  node.objects.restore(
    contents !== undefined && bugs.has("stamps-start-again")
      ? { ...(contents as object), counter: 0 }
      : contents,
  );
  for (const key of node.objects.keys) node.backlog.changed(key);
  const effects: Effects = new EffectList();
  if (node.stateBased) effects.setTimer(EXCHANGE, timeoutNs / 2);
  else for (const { body } of node.channel.start(disk, effects)) node.objects.apply(body);
  effects.log(`replica with ${node.objects.keys.length} objects`);
  return { state: node, effects: effects.effects };
}

function onClientRequest(node: CrdtState, request: ClientRequest, effects: Effects): void {
  const { reply, update } = node.objects.serve(request);
  if (update !== undefined) {
    node.objects.apply(update);
    if (node.stateBased) {
      node.backlog.changed(update.key);
      persistStates(node, effects);
    } else node.channel.broadcast(update, effects);
  }
  effects.reply(request, reply);
}

/** Now and then everybody is sent what it is not known to have, or told what is here. */
function exchange(node: CrdtState, effects: Effects): void {
  if (!node.stateBased) {
    node.channel.exchange(effects, node.peers, node.bugs.has("digest-hides-gaps") ? node.newest : {});
    return;
  }
  const { objects } = node;
  effects.setTimer(EXCHANGE, node.timeoutNs / 2);
  for (const peer of node.peers) {
    const owed = node.backlog.owedTo(peer, MAX_BATCH);
    const states = owed.map(([key, version]) => ({ key, version, state: objects.state(key) }));
    if (states.length > 0) effects.send(peer, { type: "Merge", counter: objects.counter, states });
  }
}

function onMessage(node: CrdtState, from: string, message: CrdtMessage, effects: Effects): void {
  switch (message.type) {
    case "Merge":
      onMerge(node, from, message.counter, message.states, effects);
      return;
    case "Merged":
      node.backlog.acknowledged(from, message.versions);
      return;
    case "Updates":
    case "Digest":
      onCausalMessage(node, from, message, effects);
  }
}

function onMerge(
  node: CrdtState,
  from: string,
  counter: number,
  states: readonly KeyedState[],
  effects: Effects,
): void {
  node.objects.seen(counter);
  for (const { key, state } of states) {
    if (node.objects.replace(key, merged(node, key, state))) node.backlog.changed(key);
  }
  persistStates(node, effects);
  effects.send(from, { type: "Merged", versions: states.map(({ key, version }) => [key, version] as const) });
}

function merged({ objects, bugs }: CrdtState, key: Key, other: Json): Json {
  const { crdt } = objects;
  const own = objects.state(key);
  const both = crdt.merge(own, other);
  if (bugs.has("forget-tombstones") && crdt.name === "or-set") {
    return { ...(both as object), removed: (other as { removed: Json }).removed };
  }
  if (bugs.has("merge-adds-up") && crdt.name === "pn-counter") {
    const sum = { ...(own as Counts).increments };
    for (const [node, count] of Object.entries((other as Counts).increments))
      sum[node] = Math.min((sum[node] ?? 0) + count, SATURATED);
    return { ...(both as object), increments: sum };
  }
  return both;
}

/** Where counters of real stores end, before a sum that doubles with every merge leaves the safe integers. */
const SATURATED = 2 ** 31 - 1;

type Counts = { readonly increments: Readonly<Record<string, number>> };

function onCausalMessage(
  node: CrdtState,
  from: string,
  message: CausalMessage<KeyedUpdate>,
  effects: Effects,
): void {
  const arrived: readonly CausalEntry<KeyedUpdate>[] = message.type === "Updates" ? message.entries : [];
  const delivered = node.channel.hear(from, message, effects);
  for (const { body } of node.bugs.has("apply-every-arrival") ? arrived : delivered) node.objects.apply(body);
  for (const { origin, number } of arrived) node.newest = joined(node.newest, { [origin]: number });
}

function persistStates({ objects }: CrdtState, effects: Effects): void {
  effects.write("objects", objects.contents());
  effects.sync();
}
