import { isDeepStrictEqual } from "node:util";
import type { Json, Key } from "../../../harness/history/operation.ts";
import type { Bug, Guarantee } from "../../../harness/ports/target.ts";
import { type CausalEntry, CausalLog } from "../causal-log.ts";
import type { Crdt } from "../crdts/crdt.ts";
import { crdts } from "../crdts/index.ts";
import { EffectList } from "../effect-list.ts";
import type { ClientRequest, DiskContents, NodeConfig, Protocol } from "../frame.ts";
import { joined, type VectorClock } from "../vector-clock.ts";
import { MAX_BATCH } from "./batch.ts";

/** An update of one object; `counter` is that of its stamp. */
type KeyedUpdate = { readonly key: Key; readonly counter: number; readonly update: Json };
type KeyedState = { readonly key: Key; readonly version: number; readonly state: Json };

export type CrdtMessage =
  // State-based: states to merge, and which of them are merged and durable now.
  | { readonly type: "Merge"; readonly counter: number; readonly states: readonly KeyedState[] }
  | { readonly type: "Merged"; readonly versions: readonly (readonly [Key, number])[] }
  // Operation-based: updates, and what is delivered here, for whoever has more.
  | { readonly type: "Updates"; readonly entries: readonly CausalEntry<KeyedUpdate>[] }
  | { readonly type: "Digest"; readonly clock: VectorClock };

export interface CrdtState {
  readonly id: string;
  readonly peers: readonly string[];
  readonly timeoutNs: number;
  readonly bugs: ReadonlySet<string>;
  readonly crdt: Crdt<Json, Json>;
  readonly stateBased: boolean;
  readonly states: Map<Key, Json>;
  /** The largest counter of a stamp seen or given. */
  counter: number;
  readonly log: CausalLog<KeyedUpdate>;
  /** State-based: how often each object changed here, and for each peer what it lacks. */
  readonly versions: Map<Key, number>;
  readonly lacking: Map<string, Set<Key>>;
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

const bugOf = (description: string, breaks: Guarantee): Bug => ({ description, breaks });

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
    promiseOf("or-set", "state", "set"),
    promiseOf("or-set", "operation", "set"),
    promiseOf("2p-set", "state", "set"),
    promiseOf("g-set", "state", "set"),
    promiseOf("pn-counter", "state", "counter"),
    promiseOf("pn-counter", "operation", "counter"),
    promiseOf("g-counter", "state", "counter"),
    promiseOf("lww-register", "state", "register", { cas: "no" }),
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
    "merge-adds-up": bugOf(
      "merging counters adds them up: a state that arrives twice counts twice",
      promiseOf("pn-counter", "state", "counter"),
    ),
    "forget-tombstones": bugOf(
      "a merge keeps what the other still has: a removed element comes back",
      promiseOf("or-set", "state", "set"),
    ),
    "apply-every-arrival": bugOf(
      "an update is applied each time it arrives",
      promiseOf("pn-counter", "operation", "counter"),
    ),
    "digest-hides-gaps": bugOf(
      "a node tells the newest update of each origin that it has: one before that which was lost is never sent again",
      promiseOf("rga", "operation", "list"),
    ),
    "stamps-start-again": bugOf(
      "a node that restarts gives stamps that it gave before",
      promiseOf("or-set", "state", "set"),
    ),
  },
  start,
  handle(node, event) {
    const effects: Effects = new EffectList();
    if (event.type === "message") onMessage(node, event.from, event.message, effects);
    else if (event.type === "timer") onTimer(node, effects);
    else if (event.type === "request") onClientRequest(node, event.request, effects);
    return effects.effects;
  },
  phase: (node) => `${node.crdt.name}, ${node.stateBased ? "state-based" : "operation-based"}`,
};

function start({ id, nodes, timeoutNs, bugs, options }: NodeConfig, disk: DiskContents) {
  const peers = nodes.filter((node) => node !== id);
  const node: CrdtState = {
    id,
    peers,
    timeoutNs,
    bugs,
    crdt: crdts[options["type"] as string] as Crdt<Json, Json>,
    stateBased: options["replication"] === "state",
    states: new Map((disk.records.get("states") ?? []) as [Key, Json][]),
    counter: bugs.has("stamps-start-again") ? 0 : ((disk.records.get("counter") ?? 0) as number),
    log: new CausalLog(id),
    versions: new Map(),
    lacking: new Map(peers.map((peer) => [peer, new Set()])),
    newest: {},
  };
  for (const key of node.states.keys()) changed(node, key);
  for (const entry of (disk.logs.get("updates") ?? []) as readonly CausalEntry<KeyedUpdate>[]) {
    node.log.receive(entry);
    applyUpdate(node, entry);
  }
  const effects: Effects = new EffectList();
  effects.log(`replica of ${node.crdt.name} with ${node.states.size} objects`);
  effects.setTimer("exchange", timeoutNs / 2);
  return { state: node, effects: effects.effects };
}

function onClientRequest(node: CrdtState, request: ClientRequest, effects: Effects): void {
  const { crdt } = node;
  const { f, key, value } = request;
  const state = stateOf(node, key);
  if (f === "read") {
    effects.reply(request, { type: "ok", value: crdt.read(state) });
    return;
  }
  if (!crdt.operations.includes(f)) {
    const message = `a ${crdt.name} has no ${f}`;
    effects.reply(request, { type: "error", code: "unsupported-operation", message, definite: true });
    return;
  }
  const counter = node.counter + 1;
  const update = crdt.prepare(state, { f, value }, { node: node.id, dot: [counter, node.id] });
  if (typeof update === "string") {
    effects.reply(request, { type: "fail", code: "refused", message: update });
    return;
  }
  if (update !== undefined) make(node, { key, counter, update }, effects);
  effects.reply(request, { type: "ok", value });
}

/** Applies an update at home and makes it durable; what is told of it waits behind that. */
function make(node: CrdtState, update: KeyedUpdate, effects: Effects): void {
  if (node.stateBased) {
    node.counter = update.counter;
    setState(node, update.key, node.crdt.apply(stateOf(node, update.key), update.update));
    persistStates(node, effects);
    return;
  }
  const entry = node.log.create(update);
  applyUpdate(node, entry);
  effects.append("updates", [entry]);
  effects.sync();
  for (const peer of node.peers) effects.send(peer, { type: "Updates", entries: [entry] });
}

/** Now and then everybody is sent what it is not known to have, or told what is here. */
function onTimer(node: CrdtState, effects: Effects): void {
  effects.setTimer("exchange", node.timeoutNs / 2);
  for (const peer of node.peers) {
    if (!node.stateBased) {
      const clock = node.bugs.has("digest-hides-gaps") ? joined(node.log.clock, node.newest) : node.log.clock;
      effects.send(peer, { type: "Digest", clock });
      continue;
    }
    const states = Array.from(node.lacking.get(peer) ?? [], (key) => ({
      key,
      version: node.versions.get(key) ?? 0,
      state: stateOf(node, key),
    }));
    if (states.length > 0) effects.send(peer, { type: "Merge", counter: node.counter, states });
  }
}

function onMessage(node: CrdtState, from: string, message: CrdtMessage, effects: Effects): void {
  switch (message.type) {
    case "Merge":
      onMerge(node, from, message.counter, message.states, effects);
      return;
    case "Merged":
      for (const [key, version] of message.versions) {
        if (node.versions.get(key) === version) node.lacking.get(from)?.delete(key);
      }
      return;
    case "Updates":
      onUpdates(node, message.entries, effects);
      return;
    case "Digest": {
      const entries = node.log.missingFrom(message.clock, MAX_BATCH);
      if (entries.length > 0) effects.send(from, { type: "Updates", entries });
    }
  }
}

function onMerge(
  node: CrdtState,
  from: string,
  counter: number,
  states: readonly KeyedState[],
  effects: Effects,
): void {
  node.counter = Math.max(node.counter, counter);
  for (const { key, state } of states) {
    const own = stateOf(node, key);
    const merged = merge(node, own, state);
    if (!isDeepStrictEqual(merged, own)) setState(node, key, merged);
  }
  persistStates(node, effects);
  effects.send(from, { type: "Merged", versions: states.map(({ key, version }) => [key, version] as const) });
}

function merge({ crdt, bugs }: CrdtState, own: Json, other: Json): Json {
  const merged = crdt.merge(own, other);
  if (bugs.has("forget-tombstones") && crdt.name === "or-set") {
    return { ...(merged as object), removed: (other as { removed: Json }).removed };
  }
  if (bugs.has("merge-adds-up") && crdt.name === "pn-counter") {
    const { increments, decrements } = merged as Record<"increments" | "decrements", Record<string, number>>;
    const mine = (own as { increments: Record<string, number> }).increments;
    const summed = Object.entries(increments).map(([at, count]) => [
      at,
      count + (count === mine[at] ? 0 : (mine[at] ?? 0)),
    ]);
    return { increments: Object.fromEntries(summed) as Record<string, number>, decrements };
  }
  return merged;
}

function onUpdates(node: CrdtState, entries: readonly CausalEntry<KeyedUpdate>[], effects: Effects): void {
  const delivered: CausalEntry<KeyedUpdate>[] = [];
  for (const arrived of entries) {
    const ready = node.log.receive(arrived);
    delivered.push(...ready);
    for (const entry of node.bugs.has("apply-every-arrival") ? [arrived] : ready) applyUpdate(node, entry);
    node.newest = joined(node.newest, { [arrived.origin]: arrived.number });
  }
  if (delivered.length === 0) return;
  effects.append("updates", delivered);
  effects.sync();
}

function applyUpdate(node: CrdtState, { body }: CausalEntry<KeyedUpdate>): void {
  node.counter = Math.max(node.counter, body.counter);
  setState(node, body.key, node.crdt.apply(stateOf(node, body.key), body.update));
}

function stateOf(node: CrdtState, key: Key): Json {
  return node.states.get(key) ?? node.crdt.initial;
}

function setState(node: CrdtState, key: Key, state: Json): void {
  node.states.set(key, state);
  changed(node, key);
}

function changed(node: CrdtState, key: Key): void {
  node.versions.set(key, (node.versions.get(key) ?? 0) + 1);
  for (const lacking of node.lacking.values()) lacking.add(key);
}

function persistStates(node: CrdtState, effects: Effects): void {
  effects.write("counter", node.counter);
  effects.write("states", [...node.states]);
  effects.sync();
}
