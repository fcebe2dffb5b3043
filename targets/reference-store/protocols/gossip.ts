import { canonicalJson } from "../../../harness/history/index.ts";
import type { Json, Key } from "../../../harness/history/operation.ts";
import type { Guarantee } from "../../../harness/ports/target.ts";
import type { Crdt } from "../crdts/crdt.ts";
import { crdts } from "../crdts/index.ts";
import { CrdtObjects } from "../crdts/objects.ts";
import { digestOf } from "../digest.ts";
import { EffectList } from "../effect-list.ts";
import type { ClientRequest, DiskContents, EventContext, NodeConfig, Protocol } from "../frame.ts";

type States = readonly (readonly [key: Key, state: Json])[];

export type GossipMessage =
  /** Push and pull: a digest of what is here, for every object. */
  | { readonly type: "Digest"; readonly digests: readonly (readonly [key: Key, digest: string])[] }
  /** What differs; the receiver of the first answers with what it makes of it. */
  | { readonly type: "States"; readonly counter: number; readonly states: States; readonly answer: boolean };

export interface GossipState {
  readonly peers: readonly string[];
  readonly timeoutNs: number;
  readonly bugs: ReadonlySet<string>;
  readonly objects: CrdtObjects;
  /** How often each object was told since it changed, with the bug `rumours-die`. */
  readonly told: Map<Key, number>;
}

type Effects = EffectList<GossipMessage>;

const promiseOf = (type: string, workload: string, workloadOptions = {}): Guarantee => ({
  consistency: "eventual",
  workload,
  workloadOptions,
  targetOptions: { type },
});
const REGISTERS = promiseOf("lww-register", "register", { cas: "no", "final-reads": "everywhere" });

/** With the bug `rumours-die` a node loses interest after telling so many. */
const RUMOUR_LIMIT = 1;

/**
 * Anti-entropy by push and pull: every round each node shows a node drawn by chance the digests of all that it holds;
 * what differs is exchanged and merged, both ways. Every node takes reads and writes at once.
 *
 * Converges: what is merged is a replicated data type (crdts/), and each pair of nodes meets again and again, so that
 * an update reaches all of n nodes after O(log n) rounds on average.
 */
export const gossip: Protocol<GossipState, GossipMessage> = {
  name: "gossip",
  promises: [
    REGISTERS,
    promiseOf("or-set", "or-set"),
    promiseOf("pn-counter", "counter", { negative: "yes" }),
  ],
  lacks: [
    {
      consistency: "linearizable",
      workload: "register",
      workloadOptions: { cas: "no" },
      targetOptions: { type: "lww-register" },
    },
  ],
  operations: ["read", "write", "add", "remove", "insert"],
  source: "Demers et al., Epidemic Algorithms for Replicated Database Maintenance (1987), section 1.3",
  description: "Nodes that meet by chance compare what they hold and merge what differs, both ways.",
  options: {
    type: {
      description: "the data type that is merged",
      default: "lww-register",
      values: Object.keys(crdts),
    },
  },
  bugs: {
    "rumours-die": {
      description:
        "a node tells of an update a single time and then loses interest, and nobody compares everything",
      breaks: REGISTERS,
    },
    "pull-replaces": {
      description: "what another node sends takes the place of what is here, which is not merged with it",
      breaks: promiseOf("pn-counter", "counter", { negative: "yes" }),
    },
    "digest-counts": {
      description: "a digest tells how large an object is: two that differ and are as large never meet",
      breaks: promiseOf("or-set", "or-set"),
    },
  },
  start,
  handle(node, event, context) {
    const effects: Effects = new EffectList();
    if (event.type === "message") onMessage(node, event.from, event.message, effects);
    else if (event.type === "timer") round(node, context, effects);
    else if (event.type === "request") onClientRequest(node, event.request, effects);
    return effects.effects;
  },
};

function start(
  { id, nodes, timeoutNs, bugs, options }: NodeConfig,
  disk: DiskContents,
  context: EventContext,
) {
  const state: GossipState = {
    peers: nodes.filter((node) => node !== id),
    timeoutNs,
    bugs,
    objects: new CrdtObjects(id, crdts[options["type"] as string] as Crdt<Json, Json>),
    told: new Map(),
  };
  state.objects.restore(disk.records.get("objects"));
  const effects: Effects = new EffectList();
  effects.log(`replica with ${state.objects.keys.length} objects`);
  // Rounds that all begin together would only cross each other.
  effects.setTimer("round", state.timeoutNs * context.random.float());
  return { state, effects: effects.effects };
}

function round(node: GossipState, { random }: EventContext, effects: Effects): void {
  effects.setTimer("round", node.timeoutNs / 2);
  if (node.peers.length === 0) return;
  const digests = node.objects.keys.map((key) => [key, digest(node, key)] as const);
  const rumours = digests.filter(([key]) => (node.told.get(key) ?? 0) < RUMOUR_LIMIT);
  const shown = node.bugs.has("rumours-die") ? rumours : digests;
  for (const [key] of rumours) node.told.set(key, (node.told.get(key) ?? 0) + 1);
  effects.send(random.pick(node.peers), { type: "Digest", digests: shown });
}

function onMessage(node: GossipState, from: string, message: GossipMessage, effects: Effects): void {
  if (message.type === "Digest") {
    const states = differing(node, message.digests);
    if (states.length > 0)
      effects.send(from, { type: "States", counter: node.objects.counter, states, answer: true });
    return;
  }
  const { objects, bugs } = node;
  objects.seen(message.counter);
  for (const [key, state] of message.states) {
    const changed = bugs.has("pull-replaces") ? objects.replace(key, state) : objects.merge(key, state);
    if (changed) node.told.delete(key);
  }
  persist(node, effects);
  if (!message.answer) return;
  const states = message.states.map(([key]) => [key, node.objects.state(key)] as const);
  effects.send(from, { type: "States", counter: node.objects.counter, states, answer: false });
}

/** What is here and differs from what the digests tell, and what only they tell of. */
function differing(node: GossipState, digests: readonly (readonly [Key, string])[]): States {
  const theirs = new Map(digests);
  const keys = node.bugs.has("rumours-die")
    ? theirs.keys()
    : new Set([...theirs.keys(), ...node.objects.keys]);
  return Array.from(keys)
    .filter((key) => theirs.get(key) !== digest(node, key))
    .map((key) => [key, node.objects.state(key)] as const);
}

function digest({ bugs, objects }: GossipState, key: Key): string {
  const state = objects.state(key);
  return bugs.has("digest-counts") ? String(canonicalJson(state).length) : digestOf(state);
}

function onClientRequest(node: GossipState, request: ClientRequest, effects: Effects): void {
  const { reply, update } = node.objects.serve(request);
  if (update !== undefined) {
    node.objects.apply(update);
    node.told.delete(update.key);
    persist(node, effects);
  }
  effects.reply(request, reply);
}

function persist({ objects }: GossipState, effects: Effects): void {
  effects.write("objects", objects.contents());
  effects.sync();
}
