import { EffectList } from "./effect-list.ts";
import { FORWARD, ForwardedRequests } from "./forwarded-requests.ts";
import type { ClientRequest, NodeConfig, Protocol, Reply } from "./frame.ts";
import { LogFeed } from "./log-feed.ts";
import { ReplicatedState } from "./replicated-state.ts";
import type { StateMachine } from "./state-machine.ts";

/** A request in its place in the primary's log; `origin` is the node whose client waits for it. */
export type SequencedRequest = { readonly origin: string; readonly request: ClientRequest };

export type PrimaryMessage =
  /** To the primary: give this a place. */
  | { readonly type: "Submit"; readonly request: ClientRequest }
  /** To a replica: the places `first`, `first` + 1, … of the log. */
  | { readonly type: "Replicate"; readonly first: number; readonly requests: readonly SequencedRequest[] }
  /** To the primary: the log is durable here up to `upTo`. */
  | { readonly type: "Acknowledge"; readonly upTo: number }
  /** To the primary: what was sent comes after what is lacking here, from `upTo` on. */
  | { readonly type: "Behind"; readonly upTo: number }
  /** To the origin: this is the answer. */
  | { readonly type: "Done"; readonly client: string; readonly sequence: number; readonly reply: Reply };

type Effects = EffectList<PrimaryMessage>;

export interface PrimaryNode {
  readonly id: string;
  /** The first node, for ever. */
  readonly primary: string;
  readonly nodeCount: number;
  readonly bugs: ReadonlySet<string>;
  readonly pending: ForwardedRequests;
  /** Durable on the primary before anybody hears of it; `log[0]` has the place 1. */
  readonly log: SequencedRequest[];
  readonly machine: ReplicatedState;
  /** On the primary only. */
  readonly replicas: LogFeed<SequencedRequest>;
}

/** In what protocols with a fixed primary differ. */
interface PrimaryRules<Node> {
  /** Whether a node answers this by itself, from what it has applied. */
  answersAlone(node: Node, request: ClientRequest): boolean;
  /** On the primary: puts a request at the end of the log, unless it has a place already. Whether it did. */
  place(node: Node, sequenced: SequencedRequest, effects: Effects): boolean;
  /** On the primary: answers what enough nodes hold by now. */
  advance(node: Node, effects: Effects): void;
  /** On a replica: puts what it lacked at the end of its log, and applies it. */
  receive(node: Node, requests: readonly SequencedRequest[], effects: Effects): void;
}

/** What every node starts with, from the log on its disk; nothing of it is applied. */
export function primaryNode(
  { id, nodes, timeoutNs, bugs }: NodeConfig,
  log: SequencedRequest[],
  machine: StateMachine,
  mostAttempts?: number,
): PrimaryNode {
  const primary = nodes[0] as string;
  const replicas = id === primary ? nodes.filter((node) => node !== id) : [];
  return {
    id,
    primary,
    nodeCount: nodes.length,
    bugs,
    pending: new ForwardedRequests(timeoutNs, mostAttempts),
    log,
    machine: new ReplicatedState(machine),
    replicas: new LogFeed(log, replicas, timeoutNs / 2),
  };
}

/**
 * A fixed primary gives requests their places in one log, and feeds the log to the replicas, which acknowledge what is
 * durable there. Nodes pass on what their clients ask, and the answers to it.
 */
export function fixedPrimary<Node extends PrimaryNode>(
  rules: PrimaryRules<Node>,
): Pick<Protocol<Node, PrimaryMessage>, "handle" | "leads"> {
  function onClientRequest(node: Node, request: ClientRequest, effects: Effects): void {
    if (rules.answersAlone(node, request)) {
      effects.reply(request, node.machine.read(request));
      return;
    }
    node.pending.add(request, effects);
    submit(node, request, effects);
  }

  function submit(node: Node, request: ClientRequest, effects: Effects): void {
    if (node.id === node.primary) order(node, node.id, request, effects);
    else effects.send(node.primary, { type: "Submit", request });
  }

  function onMessage(node: Node, from: string, message: PrimaryMessage, effects: Effects): void {
    switch (message.type) {
      case "Submit":
        order(node, from, message.request, effects);
        return;
      case "Replicate":
        onReplicate(node, from, message, effects);
        return;
      case "Acknowledge":
        node.replicas.acknowledge(from, message.upTo);
        rules.advance(node, effects);
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

  function onTimer(node: Node, name: string, effects: Effects): void {
    if (name === FORWARD) {
      for (const request of node.pending.again(effects)) submit(node, request, effects);
    } else {
      node.replicas.again();
      replicate(node, effects);
    }
  }

  function order(node: Node, origin: string, request: ClientRequest, effects: Effects): void {
    if (!rules.place(node, { origin, request }, effects)) return;
    rules.advance(node, effects);
    replicate(node, effects);
  }

  function onReplicate(
    node: Node,
    primary: string,
    { first, requests }: Extract<PrimaryMessage, { type: "Replicate" }>,
    effects: Effects,
  ): void {
    const known = node.log.length + 1 - first;
    if (known < 0) {
      effects.send(primary, { type: "Behind", upTo: node.log.length });
      return;
    }
    if (known < requests.length) rules.receive(node, requests.slice(known), effects);
    effects.send(primary, { type: "Acknowledge", upTo: node.log.length });
  }

  return {
    handle(node, event) {
      const effects = new EffectList<PrimaryMessage>();
      if (event.type === "message") onMessage(node, event.from, event.message, effects);
      else if (event.type === "timer") onTimer(node, event.name, effects);
      else if (event.type === "request") onClientRequest(node, event.request, effects);
      return effects.effects;
    },
    leads: (node) => node.id === node.primary,
  };
}

/** On the primary: sends the replicas what they lack. */
export function replicate(node: PrimaryNode, effects: Effects): void {
  node.replicas.feed(effects, (to, first, requests) =>
    effects.send(to, { type: "Replicate", first, requests }),
  );
}

/** On the primary: answers a request, by way of the node whose client waits. */
export function answer(
  node: PrimaryNode,
  { origin, request }: SequencedRequest,
  reply: Reply,
  effects: Effects,
): void {
  const { client, sequence } = request;
  if (origin === node.id) node.pending.answer(request, reply, effects);
  else effects.send(origin, { type: "Done", client, sequence, reply });
}
