import { NS_PER_MS, parseDuration } from "../../../harness/clock/duration.ts";
import type { Guarantee } from "../../../harness/ports/target.ts";
import { MAX_BATCH } from "../batch.ts";
import { EffectList } from "../effect-list.ts";
import { FORWARD } from "../forwarded-requests.ts";
import type { ClientRequest, DiskContents, EventContext, NodeConfig, Protocol, Reply } from "../frame.ts";
import {
  applyNext,
  DELTA,
  nodeOn,
  type StalenessMessage,
  type StalenessState,
  VERSIONS,
  type WaitingRead,
} from "./bounded-staleness-state.ts";

type Message<Type extends StalenessMessage["type"]> = Extract<StalenessMessage, { type: Type }>;
type Effects = EffectList<StalenessMessage>;

const POLL = "poll";
/** A read waits for so many polls, then the client is told. */
const MOST_ROUNDS = 3;
const registers = { workload: "register", workloadOptions: { cas: "no" } };

const inTime = (delta: string): Guarantee => ({
  ...registers,
  consistency: "delta-atomic",
  maxStaleness: delta,
  targetOptions: { bound: "time", delta },
  // Who measures 100 ms by a clock that runs slow measures more.
  excludes: ["clock"],
});
const inVersions = (versions: string): Guarantee => ({
  ...registers,
  consistency: "k-atomic",
  maxStaleness: versions,
  targetOptions: { bound: "versions", versions },
});

/**
 * A primary orders all writes. Replicas poll it for what is new, and answer reads from what they have, but refuse those
 * whose answer could be too old: quasi-copies with a delay condition or a version condition. Whoever cannot answer asks
 * the primary first, and looks again when the answer is there.
 *
 * `bound=time`: what a replica holds is as old as the sending of its last successful poll, since the primary looked after
 * that. Where that is at most delta ago, the read could as well have begun delta earlier, and seen what the primary held
 * then: delta-atomic. Measured on the replica's own clock, the steady one where clocks jump; it must not run slow.
 *
 * `bound=versions`: for each read a replica asks how many updates the primary has, and answers when it lacks less than k
 * of them: it returns one of the last k values of any register: k-atomic, whatever clocks show.
 *
 * A replica keeps no data on disk: after a start it knows nothing, which is older than any bound. Writes wait for the
 * primary; nobody takes its place.
 */
export const boundedStaleness: Protocol<StalenessState, StalenessMessage> = {
  name: "bounded-staleness",
  promises: [inTime(DELTA), inVersions(VERSIONS)],
  lacks: [
    { ...registers, consistency: "linearizable", targetOptions: { bound: "time" } },
    { ...registers, consistency: "linearizable", targetOptions: { bound: "versions" } },
  ],
  operations: ["read", "write"],
  source:
    "Alonso, Barbará and Garcia-Molina, Data Caching Issues in an Information Retrieval System (TODS 1990), section 2: quasi-copies; Terry, Replicated Data Consistency Explained Through Baseball (CACM 2013)",
  description:
    "Replicas poll a primary and refuse reads whose answer could be older than a time or a number of versions.",
  options: {
    bound: {
      description: "what is bounded: how long ago a read may look, or how many versions behind",
      default: "time",
      values: ["time", "versions"],
    },
    delta: {
      description: "with bound=time: how old an answer may be",
      default: DELTA,
      problem: (text) => ((parseDuration(text) ?? 0) >= NS_PER_MS ? undefined : "must be 1ms or more"),
    },
    versions: {
      description: "with bound=versions: a read returns one of so many last values",
      default: VERSIONS,
      problem: (text) => (/^[1-9]\d{0,5}$/.test(text) ? undefined : "must be an integer of at least 1"),
    },
  },
  bugs: {
    "age-from-arrival": {
      description: "age is counted from the arrival of a poll's answer, and not from the sending of the poll",
      // The shorter the bound, the more the way of an answer counts.
      breaks: inTime("20ms"),
    },
    "poll-counts-when-sent": {
      description: "a poll makes a replica fresh when it is sent, whether it is answered or not",
      breaks: inTime(DELTA),
    },
    "empty-is-fresh": {
      description: "a replica that has just started, and holds nothing, counts as fresh",
      breaks: inTime(DELTA),
    },
    "length-of-last-poll": {
      description: "versions are counted against the length that the last poll told, which may be long ago",
      breaks: inVersions(VERSIONS),
    },
    "one-version-too-many": {
      description: "a replica answers though it lacks as many updates as a read may return versions",
      breaks: inVersions("1"),
    },
  },
  start,
  handle(node, event, context) {
    const effects: Effects = new EffectList();
    if (event.type === "message") onMessage(node, event.from, event.message, context, effects);
    else if (event.type === "timer") onTimer(node, event.name, context, effects);
    else if (event.type === "request") onClientRequest(node, event.request, context, effects);
    return effects.effects;
  },
  leads: (node) => node.id === node.primary,
  phase({ id, primary, waiting }) {
    if (id === primary) return "primary";
    return waiting.size === 0 ? "replica" : "replica, too stale";
  },
};

function start(config: NodeConfig, disk: DiskContents, context: EventContext) {
  const node = nodeOn(config, disk, context);
  const effects: Effects = new EffectList();
  effects.write("starts", node.starts);
  effects.sync();
  if (node.id === node.primary) effects.log(`primary with ${node.position} updates`);
  else poll(node, context, effects);
  effects.setTimer(POLL, node.intervalNs);
  return { state: node, effects: effects.effects };
}

function onTimer(node: StalenessState, name: string, context: EventContext, effects: Effects): void {
  if (name === FORWARD) {
    for (const request of node.pending.again(effects)) effects.send(node.primary, { type: "Write", request });
  } else if (node.id !== node.primary) {
    effects.setTimer(POLL, node.intervalNs);
    poll(node, context, effects);
    for (const read of [...node.waiting.values()]) insist(node, read, effects);
  }
}

function onMessage(
  node: StalenessState,
  from: string,
  message: StalenessMessage,
  context: EventContext,
  effects: Effects,
): void {
  const { log } = node;
  switch (message.type) {
    case "Write": {
      const { client, sequence } = message.request;
      const reply = write(node, message.request, effects);
      if (reply !== undefined) effects.send(from, { type: "Done", client, sequence, reply });
      return;
    }
    case "Poll": {
      const { number, position } = message;
      const updates = position === null ? [] : log.slice(position, position + MAX_BATCH);
      effects.send(from, { type: "Updates", number, position, updates, length: log.length });
      return;
    }
    case "Done":
      node.pending.answer(message, message.reply, effects);
      return;
    case "Updates":
      onUpdates(node, message, context, effects);
  }
}

function onClientRequest(
  node: StalenessState,
  request: ClientRequest,
  context: EventContext,
  effects: Effects,
): void {
  const isRead = node.machine.isRead(request);
  if (node.id === node.primary) {
    const reply = isRead ? node.machine.read(request) : write(node, request, effects);
    if (reply !== undefined) effects.reply(request, reply);
  } else if (isRead) read(node, request, context, effects);
  else {
    node.pending.add(request, effects);
    effects.send(node.primary, { type: "Write", request });
  }
}

// The primary.

function write(node: StalenessState, request: ClientRequest, effects: Effects): Reply | undefined {
  if (!node.machine.applied(request)) {
    node.log.push(request);
    applyNext(node, request);
    effects.append("updates", [request]);
    effects.sync();
  }
  return node.machine.replyTo(request);
}

// Replicas.

function read(node: StalenessState, request: ClientRequest, context: EventContext, effects: Effects): void {
  const asked = node.number + 1;
  const waits: WaitingRead = { request, asked, enough: undefined, rounds: 0 };
  if (node.bugs.has("length-of-last-poll")) waits.enough = enoughOf(node, node.knownLength);
  if (suffices(node, waits, context)) answer(node, waits, effects);
  else {
    node.waiting.set(request.client, waits);
    if (node.deltaNs === undefined) ask(node, effects);
    else poll(node, context, effects);
  }
}

/** Whether what is here is new enough for the read. */
function suffices(node: StalenessState, { enough }: WaitingRead, { monotonicNs }: EventContext): boolean {
  if (node.deltaNs === undefined) return enough !== undefined && node.position >= enough;
  if (monotonicNs === undefined || node.freshNs === undefined) return false;
  return monotonicNs - node.freshNs <= node.deltaNs;
}

function answer(node: StalenessState, { request }: WaitingRead, effects: Effects): void {
  node.waiting.delete(request.client);
  effects.reply(request, node.machine.read(request));
}

function poll(node: StalenessState, { monotonicNs }: EventContext, effects: Effects): void {
  node.number++;
  if (monotonicNs !== undefined) {
    // An answer that takes longer than the bound makes nothing fresh any more.
    const oldestNs = monotonicNs - (node.deltaNs ?? 0);
    for (const [number, sentNs] of node.polls) if (sentNs < oldestNs) node.polls.delete(number);
    node.polls.set(node.number, monotonicNs);
    if (node.bugs.has("poll-counts-when-sent")) node.freshNs = monotonicNs;
  }
  effects.send(node.primary, { type: "Poll", number: node.number, position: node.position });
}

/** How many updates are there? */
function ask(node: StalenessState, effects: Effects): void {
  node.number++;
  effects.send(node.primary, { type: "Poll", number: node.number, position: null });
}

/** Time for the read to ask again, or to give up. */
function insist(node: StalenessState, waits: WaitingRead, effects: Effects): void {
  waits.rounds++;
  if (waits.rounds < MOST_ROUNDS) {
    if (node.deltaNs === undefined && waits.enough === undefined) ask(node, effects);
    return;
  }
  node.waiting.delete(waits.request.client);
  const message = `${node.id} heard nothing new from the primary within ${MOST_ROUNDS} polls`;
  effects.reply(waits.request, { type: "error", code: "too-stale", message, definite: true });
}

function onUpdates(
  node: StalenessState,
  { number, position, updates, length }: Message<"Updates">,
  context: EventContext,
  effects: Effects,
): void {
  if (position !== null && position <= node.position) {
    for (const update of updates.slice(node.position - position)) applyNext(node, update);
  }
  node.knownLength = length;
  const complete = node.position >= length;
  const sentNs = node.polls.get(number);
  if (complete && sentNs !== undefined) {
    const sinceNs = node.bugs.has("age-from-arrival") ? (context.monotonicNs as number) : sentNs;
    node.freshNs = Math.max(node.freshNs ?? sinceNs, sinceNs);
  }
  let lacking = position !== null && !complete;
  for (const waits of [...node.waiting.values()]) {
    if (number >= waits.asked) waits.enough ??= enoughOf(node, length);
    if (suffices(node, waits, context)) answer(node, waits, effects);
    else if (waits.enough !== undefined) lacking = true;
  }
  if (lacking) poll(node, context, effects);
}

/** How many updates a replica must have at least that may answer while the primary has so many. */
function enoughOf({ versions, bugs }: StalenessState, length: number): number {
  return length - versions + (bugs.has("one-version-too-many") ? 0 : 1);
}
