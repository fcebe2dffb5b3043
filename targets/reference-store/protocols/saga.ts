import type { ClientRequest, DiskContents, EventContext, NodeConfig, Protocol } from "../frame.ts";
import { Lists, listOperations } from "../lists.ts";
import { beginRun, LoggedEffects, recordsOf } from "../logged-node.ts";
import * as choreographed from "./saga-choreographed.ts";
import * as orchestrated from "./saga-orchestrated.ts";
import { change, type Effects, type LogRecord, type Message, type State, type Tell } from "./saga-state.ts";

const AGAIN = "again";

/** In the end, once what was left undone had time to be done or compensated. */
const atomicInTheEnd = {
  consistency: "semantic-atomicity",
  workload: "append",
  workloadOptions: { quiet: "10s" },
} as const;
const choreography = { ...atomicInTheEnd, targetOptions: { style: "choreographed" } } as const;

/**
 * Transactions over lists that are spread over all nodes, as sagas: each append or read is a step of its own, done at
 * once by the node that has the list, for everybody to see. A node may refuse a step, by chance, as a business
 * rule would; then the steps before it are compensated, in reverse order: what they appended is taken out again.
 *
 * Atomic in the end: a saga goes on until all its steps have happened, or none any more, however often nodes go down.
 * - Orchestrated, the client's node logs the saga before its first step, and compensates after a restart what it has not
 *   logged as committed. A participant that compensated a step refuses it for ever, however late it comes.
 * - Choreographed, each node logs its step together with the event that follows, and repeats that until it is received.
 *
 * Not isolated: others see what is compensated later, and read between the steps.
 */
export const saga: Protocol<State, Message> = {
  name: "saga",
  promises: [atomicInTheEnd, choreography],
  lacks: [{ consistency: "serializable", workload: "append" }],
  operations: ["txn"],
  nodes: { least: 2, standard: 5 },
  source:
    "Garcia-Molina and Salem, Sagas (1987); orchestration and choreography after Richardson, Microservices Patterns (2018), chapter 4",
  description:
    "Transactions as steps that others see at once; where one is refused those before it are compensated.",
  options: {
    style: {
      description: "whether the client's node asks for every step, or each node tells the next one",
      default: "orchestrated",
      values: ["orchestrated", "choreographed"],
    },
    refusals: {
      description: "how probable it is that a node refuses an append",
      default: "0.1",
      problem: (value) => (/^0(\.\d+)?$/.test(value) ? undefined : "must be a probability below 1"),
    },
  },
  bugs: {
    "saga-not-logged": {
      description: "the orchestrator does not log what it begins: after a crash nobody compensates it",
      breaks: atomicInTheEnd,
    },
    "compensate-again": {
      description: "a compensation that comes again takes out again: the newest element, whoever appended it",
      breaks: atomicInTheEnd,
    },
    "step-after-compensation": {
      description: "a step that comes after its compensation, late or again, is done all the same",
      breaks: atomicInTheEnd,
    },
    "handle-event-again": {
      description: "a node of a choreography handles an event that comes again as if it were new",
      breaks: choreography,
    },
    "no-fsync": {
      description:
        "a node of a choreography does not wait for its disk: a kill takes back steps that others go on from",
      breaks: choreography,
    },
  },
  start,
  handle(node, event, context) {
    const effects: Effects = new LoggedEffects(context);
    if (event.type === "message") onMessage(node, event.from, event.message, effects);
    else if (event.type === "timer") onAgain(node, effects);
    else if (event.type === "request") onClientRequest(node, event.request, effects);
    return effects.effects;
  },
  phase(node) {
    const back = [...node.running.values()].some(({ direction }) => direction === "back");
    const owes = node.running.size + node.outbox.size > 0;
    return `${node.style}, ${back ? "compensating" : owes ? "under way" : "idle"}`;
  },
};

function start(config: NodeConfig, disk: DiskContents, context: EventContext) {
  const { id, nodes, timeoutNs, bugs, options } = config;
  const effects: Effects = new LoggedEffects(context);
  const run = beginRun(disk, effects);
  const state: State = {
    id,
    nodes,
    timeoutNs,
    bugs,
    style: options["style"] === "choreographed" ? "choreographed" : "orchestrated",
    refusals: Number(options["refusals"] ?? 0),
    run: `${id}.${run}`,
    sagas: 0,
    lists: new Lists(),
    running: new Map(),
    steps: new Map(),
    handled: new Set(),
    outbox: new Map(),
  };
  for (const entry of recordsOf<LogRecord>(disk)) recover(state, entry);
  effects.log(`run ${run}: ${state.running.size} sagas to compensate, ${state.outbox.size} events to send`);
  effects.setTimer(AGAIN, timeoutNs / 2);
  return { state, effects: effects.effects };
}

/** What the log says, entry by entry. */
function recover(node: State, entry: LogRecord): void {
  switch (entry.type) {
    case "begun": {
      const { saga: name, operations } = entry;
      const at = operations.length - 1;
      node.running.set(name, {
        request: undefined,
        operations,
        reads: new Map(),
        direction: "back",
        at,
        rounds: 0,
      });
      return;
    }
    case "committed":
    case "ended":
      node.running.delete(entry.saga);
      return;
    case "done":
    case "undone":
      node.steps.set(entry.step, entry.type);
      change(node.lists, entry);
      return;
    case "handled":
      if (entry.change !== null) change(node.lists, entry.change);
      node.handled.add(entry.event);
      node.outbox.set(choreographed.nameOf(entry.next.course), entry.next);
      return;
    case "received":
      node.outbox.delete(entry.event);
  }
}

function onClientRequest(node: State, request: ClientRequest, effects: Effects): void {
  const operations = listOperations(request.value);
  if (operations === undefined) {
    const message = `no transaction: ${JSON.stringify(request.value)}`;
    effects.reply(request, { type: "error", code: "unsupported-operation", message, definite: true });
    return;
  }
  const tell = telling(node, effects);
  if (node.style === "choreographed") choreographed.begin(node, request, operations, effects, tell);
  else orchestrated.begin(node, request, operations, effects, tell);
}

function onAgain(node: State, effects: Effects): void {
  const tell = telling(node, effects);
  orchestrated.orchestrateAgain(node, effects, tell);
  choreographed.sendAgain(node, tell);
  effects.setTimer(AGAIN, node.timeoutNs / 2);
}

function onMessage(node: State, from: string, message: Message, effects: Effects): void {
  const tell = telling(node, effects);
  switch (message.type) {
    case "Do":
      orchestrated.onDo(node, from, message, effects, tell);
      return;
    case "Undo":
      orchestrated.onUndo(node, from, message, effects, tell);
      return;
    case "Done":
      orchestrated.onDone(node, message, effects, tell);
      return;
    case "Refused":
      orchestrated.onRefused(node, message.saga, message.step, effects, tell);
      return;
    case "Undone":
      orchestrated.onUndone(node, message.saga, message.step, effects, tell);
      return;
    case "Event":
      choreographed.onEvent(node, from, message.course, effects, tell);
      return;
    case "Received":
      choreographed.onReceived(node, message.event, effects);
  }
}

/** A node may have steps of its own saga: it hears itself at once. */
function telling(node: State, effects: Effects): Tell {
  return (to, message) => {
    if (to === node.id) onMessage(node, node.id, message, effects);
    else effects.send(to, message);
  };
}
