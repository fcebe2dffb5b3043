import type { Json, Key } from "../../../harness/history/operation.ts";
import type { Guarantee } from "../../../harness/ports/target.ts";
import { CausalChannel, type CausalMessage, EXCHANGE } from "../causal-channel.ts";
import type { CausalEntry } from "../causal-log.ts";
import { compareDots, type Dot } from "../crdts/crdt.ts";
import { EffectList } from "../effect-list.ts";
import type { ClientRequest, DiskContents, EventContext, NodeConfig, Protocol } from "../frame.ts";
import { covers, joined, type VectorClock } from "../vector-clock.ts";

/** A write, and the accept stamp by which servers order all writes: a Lamport time, and the server. */
export type StampedWrite = { readonly key: Key; readonly value: Json; readonly stamp: Dot };

export type SessionMessage = CausalMessage<StampedWrite>;

/** What a session carries from server to server: the writes that its reads depend on, and those that it made. */
type SessionVectors = { readonly reads: VectorClock; readonly writes: VectorClock };

export interface ServerState {
  readonly id: string;
  readonly peers: readonly string[];
  readonly bugs: ReadonlySet<string>;
  /** The guarantees that are switched on. */
  readonly guarantees: ReadonlySet<string>;
  /** Anti-entropy. Its clock is the server's version vector. */
  readonly channel: CausalChannel<StampedWrite>;
  /** The last write to each register, by stamp, of those that this server has. */
  readonly registers: Map<Key, CausalEntry<StampedWrite>>;
  /** No stamp here is later. */
  time: number;
  /** What this server cannot serve yet, by client. */
  readonly waiting: Map<string, ClientRequest>;
}

type Effects = EffectList<SessionMessage>;

/** The guarantees by the names of the option. */
const CONSISTENCIES: Readonly<Record<string, string>> = {
  ryw: "read-your-writes",
  mr: "monotonic-reads",
  mw: "monotonic-writes",
  wfr: "writes-follow-reads",
};
const ALL = Object.keys(CONSISTENCIES).join("+");
const NONE = "none";

const withGuarantees = (guarantees: string, consistency: string, sessions = "roaming"): Guarantee => ({
  consistency,
  workload: "causal",
  targetOptions: { sessions, guarantees },
});
const SESSION = withGuarantees(ALL, "session");

/**
 * Servers take reads and writes at once and spread writes among each other, a weakly consistent store; a session may
 * ask any of them. It carries two vectors, and a server that lacks some of what they say waits for it (table 4 of the paper):
 *
 * | guarantee | moves on | is asked for at |
 * |---|---|---|
 * | read your writes | a write: write vector | a read |
 * | monotonic reads | a read: read vector | a read |
 * | writes follow reads | a read: read vector | a write |
 * | monotonic writes | a write: write vector | a write |
 *
 * The last two speak of other sessions too: a server that takes a write stamps it later than all it has, and writes
 * carry what their session demanded and are delivered after that. Each guarantee costs nothing where it is switched off, and
 * does not hold then. All four together are causal consistency (Brzezinski, Sobaniec and Wawrzyniak 2004).
 */
export const session: Protocol<ServerState, SessionMessage> = {
  name: "session",
  promises: [
    SESSION,
    withGuarantees(ALL, "causal"),
    // Monotonic writes and writes follow reads do not show by themselves; with the others they do, and are lacked below.
    ...Object.entries(CONSISTENCIES).map(([name, consistency]) => withGuarantees(name, consistency)),
    {
      consistency: "eventual",
      workload: "register",
      workloadOptions: { cas: "no", "final-reads": "everywhere" },
      targetOptions: { guarantees: NONE },
    },
  ],
  lacks: [
    withGuarantees("mr+mw+wfr", "read-your-writes"),
    withGuarantees("ryw+mw+wfr", "monotonic-reads"),
    // The order of writes to one register shows best whether each is stamped later than what its session knew.
    { ...withGuarantees("ryw+mr+wfr", "session"), workloadOptions: { keys: "1" } },
    { ...withGuarantees("ryw+mr+mw", "session"), workloadOptions: { keys: "1" } },
    withGuarantees(ALL, "sequential", "sticky"),
  ],
  operations: ["read", "write"],
  source:
    "Terry et al., Session Guarantees for Weakly Consistent Replicated Data (PDIS 1994); Petersen et al., Flexible Update Propagation (Bayou, SOSP 1997)",
  description:
    "Servers spread writes when they can; sessions carry what they saw and wrote, and servers wait for it.",
  options: {
    guarantees: {
      description: `what sessions are guaranteed: ${NONE}, or any of ${Object.keys(CONSISTENCIES).join(", ")}, joined by +`,
      default: ALL,
      problem: (text) =>
        text === NONE || text.split("+").every((name) => Object.hasOwn(CONSISTENCIES, name))
          ? undefined
          : `must be ${NONE}, or some of ${Object.keys(CONSISTENCIES).join(", ")}, joined by +`,
    },
  },
  bugs: {
    "ignore-session-token": {
      description: "a server answers at once, whether it has what the session's vectors say or not",
      breaks: withGuarantees("ryw", "read-your-writes"),
    },
    "last-write-alone": {
      description: "the write vector has the session's last write alone, and forgets those at other servers",
      breaks: withGuarantees("ryw", "read-your-writes"),
    },
    "reads-not-remembered": {
      description:
        "reads do not move the session's read vector: what was seen may be gone at the next server",
      breaks: withGuarantees("mr", "monotonic-reads"),
    },
    "dependencies-forgotten": {
      description:
        "a write spreads from its own server alone, and is delivered before those that it comes after",
      breaks: {
        ...withGuarantees(ALL, "session", "sticky"),
        workloadOptions: { keys: "6", "ops-per-round": "60" },
      },
    },
    "writes-do-not-wait": {
      description: "a server takes a write before it has what the session saw, and stamps it too early",
      breaks: SESSION,
    },
    "stamps-ignore-others": {
      description: "a server stamps writes without regard to those it has received: a later write may lose",
      breaks: SESSION,
    },
  },
  start,
  handle(server, event, context) {
    const effects: Effects = new EffectList();
    if (event.type === "message") onMessage(server, event.from, event.message, context, effects);
    else if (event.type === "timer" && event.name === EXCHANGE) antiEntropy(server, context, effects);
    else if (event.type === "request") onRequest(server, event.request, context, effects);
    return effects.effects;
  },
  phase: ({ waiting }) => (waiting.size === 0 ? "covers its sessions" : "lacks what a session saw"),
};

function start({ id, nodes, timeoutNs, bugs, options }: NodeConfig, disk: DiskContents) {
  const peers = nodes.filter((node) => node !== id);
  const server: ServerState = {
    id,
    peers,
    bugs,
    guarantees: new Set((options["guarantees"] ?? ALL).split("+")),
    channel: new CausalChannel(id, peers, 2 * timeoutNs),
    registers: new Map(),
    time: 0,
    waiting: new Map(),
  };
  const effects: Effects = new EffectList();
  const delivered = server.channel.start(disk, effects);
  for (const entry of delivered) apply(server, entry);
  effects.log(`server with ${delivered.length} writes`);
  return { state: server, effects: effects.effects };
}

function onMessage(
  server: ServerState,
  from: string,
  message: SessionMessage,
  context: EventContext,
  effects: Effects,
): void {
  const heard = server.bugs.has("dependencies-forgotten") ? withoutDependencies(from, message) : message;
  const delivered = server.channel.hear(from, heard, effects);
  for (const entry of delivered) apply(server, entry);
  if (delivered.length === 0) return;
  for (const request of [...server.waiting.values()]) serveWhenCovered(server, request, context, effects);
}

/** What a session is waiting for is asked for at once. */
function onRequest(
  server: ServerState,
  request: ClientRequest,
  context: EventContext,
  effects: Effects,
): void {
  serveWhenCovered(server, request, context, effects);
  if (server.waiting.has(request.client)) server.channel.ask(effects);
}

function serveWhenCovered(
  server: ServerState,
  request: ClientRequest,
  context: EventContext,
  effects: Effects,
): void {
  server.waiting.delete(request.client);
  if (!isCovered(server, request)) server.waiting.set(request.client, request);
  else if (request.f === "read") read(server, request, effects);
  else write(server, request, context, effects);
}

function isCovered(server: ServerState, request: ClientRequest): boolean {
  const { bugs, channel } = server;
  if (bugs.has("ignore-session-token") || (bugs.has("writes-do-not-wait") && request.f === "write"))
    return true;
  return covers(channel.clock, demandedBy(server, request));
}

/** What a server must have to serve a request. */
function demandedBy({ guarantees }: ServerState, request: ClientRequest): VectorClock {
  const { reads, writes } = vectorsOf(request);
  const [ofReads, ofWrites] = request.f === "read" ? ["mr", "ryw"] : ["wfr", "mw"];
  return joined(guarantees.has(ofReads) ? reads : {}, guarantees.has(ofWrites) ? writes : {});
}

function vectorsOf({ context }: ClientRequest): SessionVectors {
  return (context ?? { reads: {}, writes: {} }) as SessionVectors;
}

/** A session saw what it read, and what had to be there for it: where it reads its writes, those. */
function read(server: ServerState, request: ClientRequest, effects: Effects): void {
  const { guarantees, bugs, registers } = server;
  const { reads, writes } = vectorsOf(request);
  const last = registers.get(request.key);
  const source = last === undefined ? {} : { [last.origin]: last.number };
  const seen = joined(source, guarantees.has("ryw") ? writes : {});
  const carried = { reads: bugs.has("reads-not-remembered") ? reads : joined(reads, seen), writes };
  effects.reply(request, { type: "ok", value: last?.body.value ?? null, context: carried });
}

/** One other server hears of a write at once, all others by anti-entropy. */
function write(server: ServerState, request: ClientRequest, context: EventContext, effects: Effects): void {
  const { id, channel, bugs } = server;
  const { key, value } = request;
  const { reads, writes } = vectorsOf(request);
  server.time++;
  const stamped: StampedWrite = { key, value, stamp: [server.time, id] };
  const spread = { after: demandedBy(server, request), to: onePeer(server, context) };
  const entry = channel.broadcast(stamped, effects, spread);
  apply(server, entry);
  const made = { [id]: entry.number };
  const carried = { reads, writes: bugs.has("last-write-alone") ? made : joined(writes, made) };
  effects.reply(request, { type: "ok", value, context: carried });
}

/** Servers meet in pairs, by chance; one that cannot serve somebody asks all. */
function antiEntropy(server: ServerState, context: EventContext, effects: Effects): void {
  server.channel.exchange(effects, server.waiting.size > 0 ? server.peers : onePeer(server, context));
}

function onePeer({ peers }: ServerState, { random }: EventContext): readonly string[] {
  return peers.length === 0 ? [] : [random.pick(peers)];
}

function apply(server: ServerState, entry: CausalEntry<StampedWrite>): void {
  const { key, stamp } = entry.body;
  const isOwn = entry.origin === server.id;
  if (isOwn || !server.bugs.has("stamps-ignore-others")) server.time = Math.max(server.time, stamp[0]);
  const last = server.registers.get(key);
  if (last === undefined || compareDots(last.body.stamp, stamp) < 0) server.registers.set(key, entry);
}

function withoutDependencies(from: string, message: SessionMessage): SessionMessage {
  if (message.type !== "Updates") return message;
  const own = message.entries.filter(({ origin }) => origin === from);
  return { ...message, entries: own.map((entry) => ({ ...entry, after: {} })) };
}
