import { type Embeddable, Embedded } from "../embedded.ts";
import { EventEffects } from "../event-effects.ts";
import { FORWARD, ForwardedRequests } from "../forwarded-requests.ts";
import type { DiskContents, EventContext, NodeConfig, NodeEvent, Protocol } from "../frame.ts";
import type { StateMachine } from "../state-machine.ts";
import { primaryQueueOver } from "./primary-queue.ts";
import { raftOver } from "./raft.ts";
import { shardedClient } from "./sharded-client.ts";
import { Configurations } from "./sharded-configurations.ts";
import { layoutOf, layoutOptions } from "./sharded-layout.ts";
import { Partitions } from "./sharded-partitions.ts";
import { askGroup, change, conclude, onClientRequest, onPart, route } from "./sharded-requests.ts";
import { adopt, MOVE, onMove, onOffer, onOperator } from "./sharded-ring.ts";
import type { Effects, Message, State } from "./sharded-state.ts";

/** What a group can run. */
const GROUPS: Readonly<Record<string, (machine: () => StateMachine) => Embeddable>> = {
  raft: raftOver,
  "primary-queue": primaryQueueOver,
};

const MOST_ATTEMPTS = 8;
const linearizable = { consistency: "linearizable", workload: "register" } as const;

/**
 * Groups of nodes, each of which replicates the keys that a ring gives to it. The hash space has fixed partitions; the
 * groups on the ring have tokens in it, and a partition belongs to the group with the next token. A group whose nodes are
 * taken out of the configuration leaves the ring and joins it again; its nodes remain in it, and what it owns moves.
 *
 * Configurations are decided one after the other by a group of their own, on the nodes of the first group. A group
 * adopts the next one, by an entry in its own log, when everything is where the last one says. From then on it serves
 * nothing of what it lost, and offers that, with the sessions, to the next owner, which serves it once it is installed
 * by an entry in its log; then the group before drops it.
 *
 * Linearizable for each key as the groups are: a partition is served by one group at a time. It is in the log of the
 * group before that it stops, then comes what it held then, and only then is it in the log of the next group that it
 * begins. A request that comes to two groups counts once, since the sessions move with the data.
 */
export const sharded: Protocol<State, Message> = {
  name: "sharded",
  promises: [
    linearizable,
    { ...linearizable, targetOptions: { group: "primary-queue" } },
    { ...linearizable, targetOptions: { route: "node" } },
  ],
  operations: ["read", "write", "cas"],
  nodes: { least: 6, standard: 9 },
  operable: ["change-membership"],
  source:
    "Karger et al., Consistent Hashing and Random Trees (1997); DeCandia et al., Dynamo (2007), 4.2 and 6.2; moving as in Corbett et al., Spanner (2012), and MIT 6.824",
  description:
    "Groups that each replicate the keys that a ring of virtual nodes gives to it, and hand over as it changes.",
  bugs: {
    "route-by-old-ring": {
      description:
        "a node answers reads from its copy where the ring that it knows, maybe an old one, gives it the key",
      breaks: linearizable,
    },
    "serve-wrong-shard": {
      description: "a group serves whatever it is asked for, whether it owns the key or not",
      breaks: linearizable,
    },
    "serve-while-handing-over": {
      description:
        "a group goes on serving what it hands over until the next owner has it: what is written then is lost",
      breaks: { ...linearizable, workloadOptions: { keys: "4" } },
    },
    "move-without-sessions": {
      description:
        "a partition moves without the sessions: what is asked again of its next owner is executed again",
      breaks: {
        ...linearizable,
        workloadOptions: { keys: "4" },
        targetOptions: { route: "node", loss: "0.2" },
      },
    },
  },
  options: {
    group: {
      description: "the protocol that a group runs",
      default: "raft",
      values: Object.keys(GROUPS),
    },
    route: {
      description: "who brings a request to the group that owns the key",
      default: "client",
      values: ["client", "node"],
    },
    ...layoutOptions,
  },
  start,
  handle(node, event, context) {
    const effects: Effects = new EventEffects(context);
    if (event.type === "request") onClientRequest(node, event.request, effects);
    else if (event.type === "operator") onOperator(node, event.command, effects);
    else onPart(node, event, effects) || onOwn(node, event, effects);
    return effects.effects;
  },
  leads: (node) => node.own.leads,
  members: (node) => node.partitions.configuration.members,
  phase: (node) => `${node.own.leads ? "leader" : "follower"}${node.partitions.settled ? "" : ", moving"}`,
  client: shardedClient,
};

function start(config: NodeConfig, disk: DiskContents, context: EventContext) {
  const { id, nodes, timeoutNs, bugs, options } = config;
  const effects: Effects = new EventEffects(context);
  const layout = layoutOf(nodes, options);
  const group = layout.groups.findIndex((members) => members.includes(id));
  const partitions = new Partitions(layout, group, bugs);
  const configurations = new Configurations(layout.first);
  const run = GROUPS[options["group"] as string] as (typeof GROUPS)[string];
  const among = { id, nodes: layout.groups[group] as readonly string[], timeoutNs };
  const embed = (name: string, machine: StateMachine) =>
    new Embedded(
      name,
      run(() => machine),
      among,
      disk,
      context,
      effects,
    );
  const state: State = {
    id,
    layout,
    group,
    timeoutNs,
    routes: options["route"] === "node",
    bugs,
    run: `${id}-${context.random.int(2 ** 32)}`,
    partitions,
    configurations,
    own: embed("group", partitions),
    council: group === 0 ? embed("configurations", configurations) : undefined,
    routed: new ForwardedRequests(timeoutNs, MOST_ATTEMPTS),
    questions: 0,
    open: new Map(),
  };
  effects.setTimer(MOVE, timeoutNs / 4);
  return { state, effects: effects.effects };
}

function onOwn(node: State, event: NodeEvent<Message>, effects: Effects): void {
  if (event.type === "timer" && event.name === MOVE) onMove(node, effects);
  if (event.type === "timer" && event.name === FORWARD) {
    for (const request of node.routed.again(effects)) route(node, request, effects);
  }
  if (event.type !== "message") return;
  const { from, message } = event;
  switch (message.type) {
    case "AskConfiguration": {
      const configuration = node.configurations.at(message.number);
      if (configuration !== undefined) effects.send(from, { type: "Configuration", configuration });
      return;
    }
    case "Configuration":
      adopt(node, message.configuration, effects);
      return;
    case "Offer":
      onOffer(node, from, message.handover, effects);
      return;
    case "Taken":
      change(node, node.own, "drop", message, effects, String(message.partition));
      return;
    case "Forward":
      askGroup(node, from, message.request, effects);
      return;
    case "Done":
      conclude(node, message, message.reply, effects);
      return;
    case "Embedded":
      // For a part that does not run here.
      return;
  }
}
