import { EffectList } from "../effect-list.ts";
import {
  answer,
  fixedPrimary,
  type PrimaryMessage,
  type PrimaryNode,
  primaryNode,
  replicate,
  type SequencedRequest,
} from "../fixed-primary.ts";
import type { ClientRequest, DiskContents, NodeConfig, Protocol } from "../frame.ts";
import { Registers } from "../registers.ts";

/** All of the log is applied, on every node. */
export interface PrimaryState extends PrimaryNode {
  /** The sequence number of each client's newest update. */
  readonly places: Map<string, number>;
  /** On the primary: every node has everything up to here. */
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
  ...fixedPrimary<PrimaryState>({
    answersAlone: ({ machine }, request) => machine.isRead(request),
    place,
    advance,
    receive: extend,
  }),
  phase: (node) =>
    node.id !== node.primary ? "replica" : node.done < node.log.length ? "primary, waiting" : "primary, idle",
};

function start(config: NodeConfig, disk: DiskContents) {
  const log = [...((disk.logs.get("log") ?? []) as readonly SequencedRequest[])];
  const state: PrimaryState = { ...primaryNode(config, log, new Registers()), places: new Map(), done: 0 };
  for (const [i, { request }] of log.entries()) apply(state, request, i + 1);
  const effects: Effects = new EffectList();
  effects.log(`${state.id === state.primary ? "primary" : "replica"} with ${log.length} updates`);
  // Replicas may lack what the primary held when it was killed: it asks them by sending again.
  replicate(state, effects);
  return { state, effects: effects.effects };
}

/** A copy that comes after its acknowledgement is answered again. */
function place(node: PrimaryState, sequenced: SequencedRequest, effects: Effects): boolean {
  const { request } = sequenced;
  if (!node.machine.applied(request) || node.bugs.has("execute-again")) {
    extend(node, [sequenced], effects);
    if (node.bugs.has("acknowledge-when-ordered")) finish(node, sequenced, effects);
    return true;
  }
  if ((node.places.get(request.client) as number) <= node.done) finish(node, sequenced, effects);
  return false;
}

/** Acknowledges what every node has by now. */
function advance(node: PrimaryState, effects: Effects): void {
  const everywhere = node.replicas.heldBy(node.nodeCount);
  while (node.done < everywhere) finish(node, node.log[node.done++] as SequencedRequest, effects);
}

function finish(node: PrimaryState, sequenced: SequencedRequest, effects: Effects): void {
  const reply = node.machine.replyTo(sequenced.request);
  if (reply !== undefined) answer(node, sequenced, reply, effects);
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
