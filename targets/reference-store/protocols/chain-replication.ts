import { EffectList } from "../effect-list.ts";
import { FORWARD, ForwardedRequests } from "../forwarded-requests.ts";
import type { ClientRequest, DiskContents, NodeConfig, Protocol, Reply } from "../frame.ts";
import { LogFeed } from "../log-feed.ts";
import { Registers } from "../registers.ts";
import { ReplicatedState } from "../replicated-state.ts";

/** An update in its place in the history; `origin` is the node whose client waits for it. */
type Update = { readonly origin: string; readonly request: ClientRequest };

type Message =
  /** To the head: an update. */
  | { readonly type: "Request"; readonly request: ClientRequest }
  /** To the tail: a query, or an update that the head has processed already. */
  | { readonly type: "Query"; readonly origin: string; readonly request: ClientRequest }
  /** To the successor: the updates `first`, `first` + 1, … */
  | { readonly type: "Forward"; readonly first: number; readonly updates: readonly Update[] }
  /** To the predecessor: the history is durable here up to `upTo`. */
  | { readonly type: "Acknowledge"; readonly upTo: number }
  /** To the predecessor: what was sent comes after what is lacking here, from `upTo` on. */
  | { readonly type: "Behind"; readonly upTo: number }
  /** To the origin, from the tail. */
  | { readonly type: "Reply"; readonly client: string; readonly sequence: number; readonly reply: Reply };

interface State {
  readonly id: string;
  readonly bugs: ReadonlySet<string>;
  readonly head: string;
  readonly tail: string;
  /** Absent at the head. */
  readonly predecessor: string | undefined;
  /** Absent at the tail. */
  readonly successor: string | undefined;
  readonly pending: ForwardedRequests;
  /** The paper's Hist: the updates processed here, in order. Durable before anybody hears of them. */
  readonly history: Update[];
  readonly machine: ReplicatedState;
  /** To the successor; what it has not acknowledged is the paper's Sent. */
  readonly sent: LogFeed<Update>;
}

type Effects = EffectList<Message>;

/** A client's node asks head or tail so many times, then tells the client. */
const MOST_ATTEMPTS = 4;

/**
 * Servers in a chain. The head puts updates in order; each server processes them in that order, makes them durable and
 * forwards them to its successor; the tail answers. Queries go to the tail and are answered there at once.
 *
 * The history of each server begins with that of its successor (the update propagation invariant, section 3), so what
 * the tail has processed all have; linearizable, since the tail alone answers, from what it has processed.
 *
 * The chain is fixed, and its servers have disks: a server that fails comes back with its history and its place. The
 * paper's master takes failed servers out, which is right only where failures are told from slowness (fail-stop,
 * section 2). Here they cannot be: a tail that was taken out and does not know it would go on answering queries. So
 * updates wait while any server is away, and queries go on while the tail is there.
 *
 * A server passes its clients' requests to head or tail until it has an answer. The head orders an update once, and asks
 * the tail to answer one that comes again.
 */
export const chainReplication: Protocol<State, Message> = {
  name: "chain-replication",
  promises: [{ consistency: "linearizable", workload: "register" }],
  operations: ["read", "write", "cas"],
  source:
    "van Renesse and Schneider, Chain Replication for Supporting High Throughput and Availability (2004), sections 2 to 4",
  description:
    "Updates go down a fixed chain of servers from head to tail; the tail answers them, and all reads.",
  bugs: {
    "read-anywhere": {
      description:
        "any server answers reads from its own history, which the tail may not have processed or may be past",
      breaks: { consistency: "linearizable", workload: "register" },
    },
    "head-acknowledges": {
      description:
        "the head answers updates before they have gone down the chain; reads at the tail do not see them",
      breaks: { consistency: "linearizable", workload: "register" },
    },
    "execute-again": {
      description: "the head orders an update that comes again a second time, over what was written since",
      breaks: { consistency: "linearizable", workload: "register" },
    },
    "acknowledge-before-fsync": {
      description: "the tail answers before its history is on its disk; a kill takes back what it answered",
      breaks: { consistency: "linearizable", workload: "register" },
    },
  },
  start,
  handle(server, event) {
    const effects: Effects = new EffectList();
    if (event.type === "message") onMessage(server, event.from, event.message, effects);
    else if (event.type === "timer") onTimer(server, event.name, effects);
    else if (event.type === "request") onClientRequest(server, event.request, effects);
    return effects.effects;
  },
  leads: (server) => server.predecessor === undefined,
  phase: ({ predecessor, successor, sent, history }) => {
    if (successor === undefined) return "tail";
    const place = predecessor === undefined ? "head" : "between";
    return sent.heldBy(2) < history.length ? `${place}, updates sent` : place;
  },
};

function start({ id, nodes, timeoutNs, bugs }: NodeConfig, disk: DiskContents) {
  const place = nodes.indexOf(id);
  const successor = nodes[place + 1];
  const history = [...((disk.logs.get("history") ?? []) as readonly Update[])];
  const server: State = {
    id,
    bugs,
    head: nodes[0] as string,
    tail: nodes.at(-1) as string,
    predecessor: nodes[place - 1],
    successor,
    pending: new ForwardedRequests(timeoutNs, MOST_ATTEMPTS),
    history,
    machine: new ReplicatedState(new Registers()),
    sent: new LogFeed(history, successor === undefined ? [] : [successor], timeoutNs / 2),
  };
  for (const { request } of history) execute(server, request);
  const effects: Effects = new EffectList();
  effects.log(`${history.length} updates; successor ${successor ?? "none"}`);
  forward(server, effects);
  return { state: server, effects: effects.effects };
}

function onClientRequest(server: State, request: ClientRequest, effects: Effects): void {
  if (server.bugs.has("read-anywhere") && server.machine.isRead(request)) {
    effects.reply(request, server.machine.read(request));
    return;
  }
  server.pending.add(request, effects);
  submit(server, request, effects);
}

function submit(server: State, request: ClientRequest, effects: Effects): void {
  if (server.machine.isRead(request)) askTail(server, server.id, request, effects);
  else if (server.predecessor === undefined) onRequest(server, server.id, request, effects);
  else effects.send(server.head, { type: "Request", request });
}

function onMessage(server: State, from: string, message: Message, effects: Effects): void {
  switch (message.type) {
    case "Request":
      onRequest(server, from, message.request, effects);
      return;
    case "Query":
      onQuery(server, message.origin, message.request, effects);
      return;
    case "Forward":
      onForward(server, from, message.first, message.updates, effects);
      return;
    case "Acknowledge":
      server.sent.acknowledge(from, message.upTo);
      forward(server, effects);
      return;
    case "Behind":
      server.sent.rewind(from, message.upTo);
      forward(server, effects);
      return;
    case "Reply":
      server.pending.answer(message, message.reply, effects);
  }
}

function onTimer(server: State, name: string, effects: Effects): void {
  if (name === FORWARD) {
    for (const request of server.pending.again(effects)) submit(server, request, effects);
  } else {
    server.sent.again();
    forward(server, effects);
  }
}

// The head.

function onRequest(server: State, origin: string, request: ClientRequest, effects: Effects): void {
  if (server.machine.applied(request) && !server.bugs.has("execute-again")) {
    askTail(server, origin, request, effects);
    return;
  }
  process(server, [{ origin, request }], effects);
  if (server.bugs.has("head-acknowledges")) answer(server, origin, request, effects);
  forward(server, effects);
}

// Every server.

function process(server: State, updates: readonly Update[], effects: Effects): void {
  server.history.push(...updates);
  effects.append("history", updates);
  const atTail = server.successor === undefined;
  if (!(atTail && server.bugs.has("acknowledge-before-fsync"))) effects.sync();
  for (const { origin, request } of updates) {
    execute(server, request);
    if (atTail) answer(server, origin, request, effects);
  }
}

function forward(server: State, effects: Effects): void {
  server.sent.feed(effects, (to, first, updates) => effects.send(to, { type: "Forward", first, updates }));
}

function onForward(
  server: State,
  predecessor: string,
  first: number,
  updates: readonly Update[],
  effects: Effects,
): void {
  const known = server.history.length + 1 - first;
  if (known < 0) {
    effects.send(predecessor, { type: "Behind", upTo: server.history.length });
    return;
  }
  if (known < updates.length) process(server, updates.slice(known), effects);
  forward(server, effects);
  effects.send(predecessor, { type: "Acknowledge", upTo: server.history.length });
}

function execute(server: State, request: ClientRequest): void {
  if (server.bugs.has("execute-again")) server.machine.forget(request.client);
  server.machine.apply(request);
}

// The tail.

function askTail(server: State, origin: string, request: ClientRequest, effects: Effects): void {
  if (server.successor === undefined) onQuery(server, origin, request, effects);
  else effects.send(server.tail, { type: "Query", origin, request });
}

/** An update that is still on its way is answered when it arrives. */
function onQuery(server: State, origin: string, request: ClientRequest, effects: Effects): void {
  if (server.machine.isRead(request)) reply(server, origin, request, server.machine.read(request), effects);
  else answer(server, origin, request, effects);
}

/** Answers an update that was processed here. */
function answer(server: State, origin: string, request: ClientRequest, effects: Effects): void {
  const given = server.machine.replyTo(request);
  if (given !== undefined) reply(server, origin, request, given, effects);
}

function reply(server: State, origin: string, request: ClientRequest, given: Reply, effects: Effects): void {
  const { client, sequence } = request;
  if (origin === server.id) server.pending.answer(request, given, effects);
  else effects.send(origin, { type: "Reply", client, sequence, reply: given });
}
