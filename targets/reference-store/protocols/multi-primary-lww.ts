import type { Json, Key } from "../../../harness/history/operation.ts";
import type { Guarantee } from "../../../harness/ports/target.ts";
import { Backlog } from "../backlog.ts";
import { MAX_BATCH } from "../batch.ts";
import { compareDots, type Dot } from "../crdts/crdt.ts";
import { EffectList } from "../effect-list.ts";
import type { ClientRequest, DiskContents, EventContext, NodeConfig, Protocol } from "../frame.ts";
import { laggingReplicas } from "../lagging-replicas.ts";

/** A write: its value, and the timestamp by which the last one wins. */
type Write = { readonly value: Json; readonly timestamp: Dot };
type KeyedWrite = { readonly key: Key; readonly version: number; readonly write: Write };

export type MultiPrimaryMessage =
  | { readonly type: "Replicate"; readonly writes: readonly KeyedWrite[] }
  | { readonly type: "Acknowledge"; readonly versions: readonly (readonly [Key, number])[] };

export interface MultiPrimaryState {
  readonly id: string;
  readonly peers: readonly string[];
  readonly timeoutNs: number;
  readonly bugs: ReadonlySet<string>;
  readonly writes: Map<Key, Write>;
  /** Lamport's clock: larger than every timestamp seen. */
  clock: number;
  readonly backlog: Backlog;
}

type Effects = EffectList<MultiPrimaryMessage>;

const EVENTUAL: Guarantee = {
  consistency: "eventual",
  workload: "register",
  workloadOptions: { cas: "no", "final-reads": "everywhere" },
};
/** On one register alone: between registers nothing keeps the order. */
const SESSION: Guarantee = { consistency: "session", workload: "causal", workloadOptions: { keys: "1" } };

/**
 * Every node takes writes and acknowledges them when they are durable there; the others learn of them later. Of two
 * writes to one register the one with the larger timestamp wins: a Lamport clock (1978), ties broken by the node.
 *
 * Converges: the largest timestamp wins everywhere, in whatever order writes arrive, and each is sent until it is
 * acknowledged. A client that stays with one node reads its own writes, and never an older value after a newer one,
 * since what a register holds at a node only grows in timestamp, and a node's next write is the largest there.
 * Updates are lost all the same: of two that were made at different nodes at the same time only one stays.
 */
export const multiPrimaryLww: Protocol<MultiPrimaryState, MultiPrimaryMessage> = {
  name: "multi-primary-lww",
  promises: [
    EVENTUAL,
    SESSION,
    { consistency: "read-your-writes", workload: "causal" },
    { consistency: "monotonic-reads", workload: "causal" },
  ],
  lacks: [
    { consistency: "linearizable", workload: "register", workloadOptions: { cas: "no" } },
    laggingReplicas({ consistency: "causal", workload: "causal" }),
  ],
  operations: ["read", "write"],
  source:
    "Thomas, A majority consensus approach to concurrency control (1979): timestamps; Lamport, Time, clocks (1978)",
  description:
    "Every node takes writes; of two writes the one with the larger timestamp wins, the other is lost.",
  bugs: {
    "wall-clock-timestamps": {
      description: "timestamps are taken from the node's clock: a write behind a clock that is ahead is lost",
      breaks: SESSION,
    },
    "ties-keep-what-is-here": {
      description: "timestamps do not tell nodes apart: of two that are equal each node keeps its own",
      breaks: EVENTUAL,
    },
    "last-arrival-wins": {
      description: "a replicated write overwrites whatever is there, newer or not",
      breaks: EVENTUAL,
    },
  },
  start,
  handle(node, event, context) {
    const effects: Effects = new EffectList();
    if (event.type === "message") onMessage(node, event.from, event.message, effects);
    else if (event.type === "timer") replicate(node, effects);
    else if (event.type === "request") onClientRequest(node, event.request, context, effects);
    return effects.effects;
  },
};

function start({ id, nodes, timeoutNs, bugs }: NodeConfig, disk: DiskContents) {
  const peers = nodes.filter((node) => node !== id);
  const state: MultiPrimaryState = {
    id,
    peers,
    timeoutNs,
    bugs,
    writes: new Map((disk.records.get("writes") ?? []) as [Key, Write][]),
    clock: 0,
    backlog: new Backlog(peers),
  };
  for (const [key, { timestamp }] of state.writes) {
    state.clock = Math.max(state.clock, timestamp[0]);
    state.backlog.changed(key);
  }
  const effects: Effects = new EffectList();
  effects.log(`primary with ${state.writes.size} registers`);
  replicate(state, effects);
  return { state, effects: effects.effects };
}

function onClientRequest(
  node: MultiPrimaryState,
  request: ClientRequest,
  { nowNs }: EventContext,
  effects: Effects,
): void {
  const { f, key, value } = request;
  if (f === "read") {
    effects.reply(request, { type: "ok", value: node.writes.get(key)?.value ?? null });
    return;
  }
  const time = node.bugs.has("wall-clock-timestamps") ? Math.max(0, nowNs) : node.clock + 1;
  const write: Write = { value, timestamp: [time, node.id] };
  if (merge(node, key, write)) {
    persist(node, effects);
    // At once what is new alone; what got lost on its way goes with the next round.
    for (const peer of node.peers) {
      const [owed] = node.backlog.owedTo(peer, MAX_BATCH).filter(([each]) => each === key);
      if (owed !== undefined) effects.send(peer, replicated(node, [owed]));
    }
  }
  effects.reply(request, { type: "ok", value });
}

/** Keeps the write if it wins; whether it does. */
function merge(node: MultiPrimaryState, key: Key, write: Write): boolean {
  node.clock = Math.max(node.clock, write.timestamp[0]);
  const current = node.writes.get(key);
  if (current !== undefined && !wins(node, write, current)) return false;
  node.writes.set(key, write);
  // Each write is its primary's own to spread: whoever passed others' on would keep them in some order.
  if (write.timestamp[1] === node.id) node.backlog.changed(key);
  return true;
}

function wins({ bugs, id }: MultiPrimaryState, { timestamp }: Write, current: Write): boolean {
  if (bugs.has("last-arrival-wins") && timestamp[1] !== id)
    return compareDots(timestamp, current.timestamp) !== 0;
  if (bugs.has("ties-keep-what-is-here")) return timestamp[0] > current.timestamp[0];
  return compareDots(timestamp, current.timestamp) > 0;
}

function replicate(node: MultiPrimaryState, effects: Effects): void {
  for (const peer of node.peers) {
    const owed = node.backlog.owedTo(peer, MAX_BATCH);
    if (owed.length > 0) effects.send(peer, replicated(node, owed));
  }
  effects.setTimer("replicate", node.timeoutNs / 2);
}

function replicated(
  node: MultiPrimaryState,
  versions: readonly (readonly [Key, number])[],
): Extract<MultiPrimaryMessage, { type: "Replicate" }> {
  const writes = versions.map(([key, version]) => ({ key, version, write: node.writes.get(key) as Write }));
  return { type: "Replicate", writes };
}

function onMessage(
  node: MultiPrimaryState,
  from: string,
  message: MultiPrimaryMessage,
  effects: Effects,
): void {
  if (message.type === "Acknowledge") {
    node.backlog.acknowledged(from, message.versions);
    return;
  }
  const news = message.writes.filter(({ key, write }) => merge(node, key, write));
  if (news.length > 0) persist(node, effects);
  const versions = message.writes.map(({ key, version }) => [key, version] as const);
  effects.send(from, { type: "Acknowledge", versions });
}

function persist(node: MultiPrimaryState, effects: Effects): void {
  effects.write("writes", [...node.writes]);
  effects.sync();
}
