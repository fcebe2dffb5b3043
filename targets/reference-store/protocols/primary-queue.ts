import { EffectList } from "../effect-list.ts";
import { FORWARD, ForwardedRequests } from "../forwarded-requests.ts";
import type { ClientRequest, DiskContents, NodeConfig, Protocol, Reply } from "../frame.ts";
import { LogFeed } from "../log-feed.ts";
import { majority } from "../majority.ts";
import { Registers } from "../registers.ts";
import { ReplicatedState } from "../replicated-state.ts";
import type { StateMachine } from "../state-machine.ts";

/** A request in its place in the queue; `origin` is the node whose client waits for it. */
type Queued = { readonly origin: string; readonly request: ClientRequest };

type Message =
  /** To the primary: put this into the queue. */
  | { readonly type: "Submit"; readonly request: ClientRequest }
  /** To a replica: the places `first`, `first` + 1, … of the queue. */
  | { readonly type: "Replicate"; readonly first: number; readonly requests: readonly Queued[] }
  /** To the primary: the queue is durable here up to `upTo`. */
  | { readonly type: "Acknowledge"; readonly upTo: number }
  /** To the primary: what was sent comes after what is lacking here, from `upTo` on. */
  | { readonly type: "Behind"; readonly upTo: number }
  /** To the origin: executed. */
  | { readonly type: "Done"; readonly client: string; readonly sequence: number; readonly reply: Reply };

interface State {
  readonly id: string;
  readonly primary: string;
  readonly nodeCount: number;
  readonly bugs: ReadonlySet<string>;
  readonly pending: ForwardedRequests;
  /** Durable on the primary before anybody hears of it. */
  readonly queue: Queued[];
  /** How much of the queue is executed: on the primary what a majority holds, on a replica all. */
  executed: number;
  readonly machine: ReplicatedState;
  // On the primary only.
  /** Requests in the queue that are not executed, by client: the sequence number. */
  readonly waiting: Map<string, number>;
  readonly replicas: LogFeed<Queued>;
}

type Effects = EffectList<Message>;

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
): Pick<Protocol<State, Message>, "source" | "start" | "handle" | "leads" | "phase"> {
  return {
    source:
      "Alsberg and Day, A Principle for Resilient Sharing of Distributed Resources (1976), with the primary fixed",
    start: (config, disk) => start(config, machine(config), disk),
    handle(node, event) {
      const effects: Effects = new EffectList();
      if (event.type === "message") onMessage(node, event.from, event.message, effects);
      else if (event.type === "timer") onTimer(node, event.name, effects);
      else if (event.type === "request") onClientRequest(node, event.request, effects);
      return effects.effects;
    },
    leads: (node) => node.id === node.primary,
    phase: (node) =>
      node.id !== node.primary ? "replica" : node.waiting.size > 0 ? "primary, waiting" : "primary, idle",
  };
}

export const primaryQueue: Protocol<State, Message> = {
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

function start({ id, nodes, timeoutNs, bugs }: NodeConfig, machine: StateMachine, disk: DiskContents) {
  const primary = nodes[0] as string;
  const queue = [...((disk.logs.get("queue") ?? []) as readonly Queued[])];
  const replicas = id === primary ? nodes.filter((node) => node !== id) : [];
  const state: State = {
    id,
    primary,
    nodeCount: nodes.length,
    bugs,
    pending: new ForwardedRequests(timeoutNs, MOST_ATTEMPTS),
    queue,
    executed: 0,
    machine: new ReplicatedState(machine),
    waiting: new Map(queue.map(({ request }) => [request.client, request.sequence])),
    replicas: new LogFeed(queue, replicas, timeoutNs / 2),
  };
  const effects: Effects = new EffectList();
  effects.log(`${id === primary ? "primary" : "replica"} with ${queue.length} requests`);
  if (id === primary) advance(state, effects);
  else execute(state, queue.length, effects);
  return { state, effects: effects.effects };
}

function onClientRequest(node: State, request: ClientRequest, effects: Effects): void {
  if (node.bugs.has("local-reads") && node.machine.isRead(request)) {
    effects.reply(request, node.machine.read(request));
    return;
  }
  node.pending.add(request, effects);
  submit(node, request, effects);
}

function submit(node: State, request: ClientRequest, effects: Effects): void {
  if (node.id === node.primary) enqueue(node, node.id, request, effects);
  else effects.send(node.primary, { type: "Submit", request });
}

function onMessage(node: State, from: string, message: Message, effects: Effects): void {
  switch (message.type) {
    case "Submit":
      enqueue(node, from, message.request, effects);
      return;
    case "Replicate":
      onReplicate(node, from, message.first, message.requests, effects);
      return;
    case "Acknowledge":
      node.replicas.acknowledge(from, message.upTo);
      advance(node, effects);
      return;
    case "Behind":
      node.replicas.rewind(from, message.upTo);
      replicate(node, effects);
      return;
    case "Done":
      node.pending.answer(message, message.reply, effects);
  }
}

function onTimer(node: State, name: string, effects: Effects): void {
  if (name === FORWARD) {
    for (const request of node.pending.again(effects)) submit(node, request, effects);
  } else {
    node.replicas.again();
    replicate(node, effects);
  }
}

// On the primary.

/** Gives a request its place, unless it has one; one that was executed is answered again. */
function enqueue(node: State, origin: string, request: ClientRequest, effects: Effects): void {
  const again = node.machine.applied(request) && !node.bugs.has("execute-again");
  if (again) answer(node, { origin, request }, node.machine.replyTo(request), effects);
  else if ((node.waiting.get(request.client) ?? 0) < request.sequence) {
    node.waiting.set(request.client, request.sequence);
    append(node, [{ origin, request }], effects);
    advance(node, effects);
  }
}

/** Executes what a majority holds. */
function advance(node: State, effects: Effects): void {
  execute(node, node.replicas.heldBy(majority(node.nodeCount)), effects);
  replicate(node, effects);
}

function replicate(node: State, effects: Effects): void {
  node.replicas.feed(effects, (to, first, requests) =>
    effects.send(to, { type: "Replicate", first, requests }),
  );
}

// On every node; the primary alone answers.

function onReplicate(
  node: State,
  primary: string,
  first: number,
  requests: readonly Queued[],
  effects: Effects,
): void {
  const known = node.queue.length + 1 - first;
  if (known < 0) {
    effects.send(primary, { type: "Behind", upTo: node.queue.length });
    return;
  }
  if (known < requests.length) append(node, requests.slice(known), effects);
  execute(node, node.queue.length, effects);
  effects.send(primary, { type: "Acknowledge", upTo: node.queue.length });
}

function append(node: State, requests: readonly Queued[], effects: Effects): void {
  node.queue.push(...requests);
  effects.append("queue", requests);
  if (!node.bugs.has("acknowledge-before-fsync")) effects.sync();
}

function execute(node: State, upTo: number, effects: Effects): void {
  while (node.executed < upTo) {
    const queued = node.queue[node.executed++] as Queued;
    const { client, sequence } = queued.request;
    if (node.bugs.has("execute-again")) node.machine.forget(client);
    const reply = node.machine.apply(queued.request);
    if (node.waiting.get(client) === sequence) node.waiting.delete(client);
    answer(node, queued, reply, effects);
  }
}

function answer(node: State, { origin, request }: Queued, reply: Reply | undefined, effects: Effects): void {
  if (node.id !== node.primary || reply === undefined) return;
  const { client, sequence } = request;
  if (origin === node.id) node.pending.answer(request, reply, effects);
  else effects.send(origin, { type: "Done", client, sequence, reply });
}
