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
import type { DiskContents, NodeConfig, Protocol } from "../frame.ts";
import { majority } from "../majority.ts";
import { Registers } from "../registers.ts";
import type { StateMachine } from "../state-machine.ts";

interface State extends PrimaryNode {
  /** How much of the queue is executed: on the primary what a majority holds, on a replica all. */
  executed: number;
  /** On the primary: requests in the queue that are not executed, by client: the sequence number. */
  readonly waiting: Map<string, number>;
}

type Effects = EffectList<PrimaryMessage>;

/** A client's node asks the primary so many times, then tells the client. */
const MOST_ATTEMPTS = 4;

/**
 * A fixed primary puts every request, reads too, into one queue, and executes and answers it when a majority, itself
 * among them, holds the queue durably up to there. Replicas keep copies and pass on what their clients ask.
 *
 * Linearizable: there is one queue, and one node that executes it and answers. An answer is given after the request
 * came and stands for a place in the queue behind that of everything answered before. The primary's queue is durable
 * before a replica hears of it, so a primary that starts again goes on with the same queue, and executes it again to
 * the same effect. A request that is submitted again keeps its place.
 *
 * It pays with availability: nobody takes the primary's place. A client of a node that cannot reach it is told so after
 * a few time-outs, and so is everybody while the primary is down or cannot reach a majority.
 */
export function primaryQueueOver(
  machine: (config: NodeConfig) => StateMachine,
): Pick<Protocol<State, PrimaryMessage>, "source" | "start" | "handle" | "leads" | "phase"> {
  return {
    source:
      "Alsberg and Day, A Principle for Resilient Sharing of Distributed Resources (1976), with the primary fixed",
    start: (config, disk) => start(config, machine(config), disk),
    ...fixedPrimary<State>({
      answersAlone: ({ bugs, machine }, request) => bugs.has("local-reads") && machine.isRead(request),
      place,
      advance,
      receive,
    }),
    phase: (node) =>
      node.id !== node.primary ? "replica" : node.waiting.size > 0 ? "primary, waiting" : "primary, idle",
  };
}

export const primaryQueue: Protocol<State, PrimaryMessage> = {
  name: "primary-queue",
  promises: [{ consistency: "linearizable", workload: "register" }],
  operations: ["read", "write", "cas"],
  description: "A fixed primary executes every request, reads too, in one queue that a majority holds.",
  bugs: {
    "local-reads": {
      description: "a node answers reads from its own copy of the queue",
      breaks: { consistency: "linearizable", workload: "register" },
    },
    "acknowledge-before-fsync": {
      description:
        "the primary answers before the queue is on its disk; a kill takes back what it acknowledged",
      breaks: { consistency: "linearizable", workload: "register" },
    },
    "execute-again": {
      description: "a request that is submitted again is executed again, over what was written since",
      breaks: { consistency: "linearizable", workload: "register" },
    },
  },
  ...primaryQueueOver(() => new Registers()),
};

function start(config: NodeConfig, machine: StateMachine, disk: DiskContents) {
  const queue = [...((disk.logs.get("queue") ?? []) as readonly SequencedRequest[])];
  const state: State = {
    ...primaryNode(config, queue, machine, MOST_ATTEMPTS),
    executed: 0,
    waiting: new Map(queue.map(({ request }) => [request.client, request.sequence])),
  };
  const leads = state.id === state.primary;
  const effects: Effects = new EffectList();
  effects.log(`${leads ? "primary" : "replica"} with ${queue.length} requests`);
  if (leads) {
    advance(state, effects);
    replicate(state, effects);
  } else execute(state, queue.length, effects);
  return { state, effects: effects.effects };
}

/** One that was executed is answered again. */
function place(node: State, sequenced: SequencedRequest, effects: Effects): boolean {
  const { request } = sequenced;
  if (node.machine.applied(request) && !node.bugs.has("execute-again")) {
    const reply = node.machine.replyTo(request);
    if (reply !== undefined) answer(node, sequenced, reply, effects);
    return false;
  }
  if ((node.waiting.get(request.client) ?? 0) >= request.sequence) return false;
  node.waiting.set(request.client, request.sequence);
  append(node, [sequenced], effects);
  return true;
}

/** Executes what a majority holds. */
function advance(node: State, effects: Effects): void {
  execute(node, node.replicas.heldBy(majority(node.nodeCount)), effects);
}

function receive(node: State, requests: readonly SequencedRequest[], effects: Effects): void {
  append(node, requests, effects);
  execute(node, node.log.length, effects);
}

function append(node: State, requests: readonly SequencedRequest[], effects: Effects): void {
  node.log.push(...requests);
  effects.append("queue", requests);
  if (!node.bugs.has("acknowledge-before-fsync")) effects.sync();
}

/** The primary alone answers. */
function execute(node: State, upTo: number, effects: Effects): void {
  while (node.executed < upTo) {
    const sequenced = node.log[node.executed++] as SequencedRequest;
    const { client, sequence } = sequenced.request;
    if (node.bugs.has("execute-again")) node.machine.forget(client);
    const reply = node.machine.apply(sequenced.request);
    if (node.waiting.get(client) === sequence) node.waiting.delete(client);
    if (node.id === node.primary && reply !== undefined) answer(node, sequenced, reply, effects);
  }
}
