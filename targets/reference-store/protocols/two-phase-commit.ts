import type { DiskContents, EventContext, NodeConfig, Protocol } from "../frame.ts";
import { Lists } from "../lists.ts";
import { type DeadlockAvoidance, LockTable } from "../lock-table.ts";
import { beginRun, LoggedEffects, recordsOf } from "../logged-node.ts";
import {
  coordinateAgain,
  onAcknowledge,
  onClientRequest,
  onInquire,
  onRetry,
  onVote,
} from "./two-phase-commit-coordinator.ts";
import { claimOf, inquireAgain, onDecision, onPrepare } from "./two-phase-commit-participant.ts";
import { apply, type Effects, type LogRecord, type Message, type State } from "./two-phase-commit-state.ts";

const AGAIN = "again";
const strictSerializable = { consistency: "strict-serializable", workload: "append" } as const;

/**
 * Transactions over lists that are spread over all nodes, each list on one. The node of a client coordinates its
 * transactions; a transaction names everything that it does, so that what a participant has to do comes with the
 * question for its vote. By presumed abort (Mohan et al.) only decisions to commit are logged, and acknowledged.
 *
 * Strictly serializable: when the coordinator decides to commit, every participant holds all locks that the transaction
 * needs there, for what it reads as for what it writes, durably, and keeps them until it has done what was decided.
 * So transactions could as well happen at the instants of these decisions, each before its client hears of it.
 *
 * It blocks: a participant that has voted yes waits for the decision as long as it takes, and whatever needs the same
 * keys with it. While a coordinator is down, nothing that it left in doubt goes on.
 */
export const twoPhaseCommit: Protocol<State, Message> = {
  name: "two-phase-commit",
  promises: [
    strictSerializable,
    { ...strictSerializable, consistency: "serializable" },
    { ...strictSerializable, targetOptions: { "on-conflict": "no-wait" } },
  ],
  operations: ["txn"],
  nodes: { least: 2, standard: 5 },
  source:
    "Gray, Notes on Data Base Operating Systems (1978); Bernstein, Hadzilacos and Goodman (1987), chapter 7; Mohan, Lindsay and Obermarck (1986)",
  description:
    "Transactions over keys of several nodes: all lock, promise durably and then do what the coordinator decides.",
  options: {
    "on-conflict": {
      description: "whether older transactions wait for younger ones, or nobody waits",
      default: "wait-die",
      values: ["wait-die", "no-wait"],
    },
  },
  bugs: {
    "commit-after-abort": {
      description:
        "a participant that recovers and asks for what its coordinator has no record of is told to commit",
      breaks: strictSerializable,
    },
    "forget-prepared": {
      description:
        "a participant that restarts has forgotten what it promised, and acknowledges without doing it",
      breaks: strictSerializable,
    },
    "decision-not-logged": {
      description:
        "the coordinator tells its decision without logging it: after a restart it presumes an abort",
      breaks: strictSerializable,
    },
    "release-locks-at-prepare": {
      description: "a participant releases its locks with its vote, before the decision",
      breaks: strictSerializable,
    },
    "unilateral-abort": {
      description: "a participant that is in doubt for long aborts without its coordinator",
      breaks: strictSerializable,
    },
  },
  start,
  handle(node, event, context) {
    const effects: Effects = new LoggedEffects(context);
    if (event.type === "message") onMessage(node, event.from, event.message, effects);
    else if (event.type === "timer") onTimer(node, event.name, effects);
    else if (event.type === "request") onClientRequest(node, event.request, effects, telling(node, effects));
    return effects.effects;
  },
  phase: (node) =>
    `${node.active.size > 0 ? "coordinating" : "idle"}${node.prepared.size > 0 ? ", in doubt" : ""}${node.waiting.size > 0 ? ", waiting" : ""}`,
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
    run: `${id}.${run}`,
    transactions: 0,
    clock: 0,
    active: new Map(),
    retries: new Map(),
    decided: new Map(),
    lists: new Lists(),
    locks: new LockTable(options["on-conflict"] as DeadlockAvoidance),
    waiting: new Map(),
    prepared: new Map(),
    finished: new Set(),
  };
  for (const entry of recordsOf<LogRecord>(disk)) recover(state, entry);
  if (bugs.has("forget-prepared")) forgetPromises(state);
  effects.log(`run ${run}: ${state.prepared.size} in doubt, ${state.decided.size} decided`);
  effects.setTimer(AGAIN, timeoutNs / 2);
  return { state, effects: effects.effects };
}

/** What the log says, entry by entry. What is in doubt has its locks again. */
function recover(node: State, entry: LogRecord): void {
  const { type, transaction } = entry;
  const promised = node.prepared.get(transaction)?.promise;
  switch (type) {
    case "prepared":
      node.clock = Math.max(node.clock, entry.age);
      node.prepared.set(transaction, { promise: entry, rounds: 0 });
      node.locks.restore(claimOf(entry));
      return;
    case "committed":
    case "aborted":
      if (promised !== undefined && type === "committed") apply(node.lists, promised.operations);
      node.prepared.delete(transaction);
      node.locks.release(transaction);
      node.finished.add(transaction);
      return;
    case "decided":
      node.decided.set(transaction, new Set(entry.participants));
      return;
    case "ended":
      node.decided.delete(transaction);
  }
}

function forgetPromises(node: State): void {
  for (const transaction of node.prepared.keys()) node.locks.release(transaction);
  node.prepared.clear();
}

function onTimer(node: State, name: string, effects: Effects): void {
  const tell = telling(node, effects);
  if (name !== AGAIN) {
    onRetry(node, name, tell);
    return;
  }
  coordinateAgain(node, effects, tell);
  inquireAgain(node, effects, tell);
  effects.setTimer(AGAIN, node.timeoutNs / 2);
}

function onMessage(node: State, from: string, message: Message, effects: Effects): void {
  const tell = telling(node, effects);
  switch (message.type) {
    case "Prepare":
      onPrepare(node, from, message, effects, tell);
      return;
    case "Vote":
      onVote(node, from, message, effects, tell);
      return;
    case "Decision":
      onDecision(node, from, message, effects, tell);
      return;
    case "Acknowledge":
      onAcknowledge(node, from, message.transaction, effects);
      return;
    case "Inquire":
      onInquire(node, from, message.transaction, tell);
  }
}

/** A node may be the coordinator and a participant of one transaction: it hears itself at once. */
function telling(node: State, effects: Effects): (to: string, message: Message) => void {
  return (to, message) => {
    if (to === node.id) onMessage(node, node.id, message, effects);
    else effects.send(to, message);
  };
}
