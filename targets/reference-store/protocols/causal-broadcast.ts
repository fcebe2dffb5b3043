import type { Json, Key } from "../../../harness/history/operation.ts";
import { CausalChannel, type CausalMessage, EXCHANGE } from "../causal-channel.ts";
import { compareDots } from "../crdts/crdt.ts";
import { EffectList } from "../effect-list.ts";
import type { ClientRequest, DiskContents, EventContext, NodeConfig, Protocol } from "../frame.ts";
import { laggingReplicas } from "../lagging-replicas.ts";

/** A Lamport time, and the process that drew it. */
type Timestamp = readonly [time: number, process: string];

export type TimestampedWrite = { readonly key: Key; readonly value: Json; readonly timestamp: Timestamp };

export type BroadcastMessage = CausalMessage<TimestampedWrite>;

export interface BroadcastState {
  readonly id: string;
  readonly bugs: ReadonlySet<string>;
  readonly channel: CausalChannel<TimestampedWrite>;
  /** The winning write of each register, of those that are delivered. */
  readonly registers: Map<Key, TimestampedWrite>;
  /** Lamport's clock: no timestamp that was seen is later. */
  time: number;
}

type Effects = EffectList<BroadcastMessage>;

const convergence = { consistency: "causal-convergence", workload: "causal" };

/**
 * A process applies and answers reads and writes by itself, and broadcasts its writes with vector clocks. Others
 * deliver a write when they have delivered all that its process had delivered before. Of two writes to a register the
 * one with the later Lamport timestamp wins, everywhere.
 *
 * Causally convergent, for clients that stay with one process: what a read depends on was delivered before it was
 * answered, and is durable; of the delivered writes the last one by timestamp is what it returns, and a write that came
 * after another has the later timestamp. Processes that have delivered the same writes hold the same.
 *
 * Not sequentially consistent: two processes write, and each answers reads before it hears of the other.
 */
export const causalBroadcast: Protocol<BroadcastState, BroadcastMessage> = {
  name: "causal-broadcast",
  promises: [
    convergence,
    { consistency: "causal", workload: "causal" },
    {
      consistency: "eventual",
      workload: "register",
      workloadOptions: { cas: "no", "final-reads": "everywhere" },
    },
  ],
  lacks: [
    laggingReplicas({ consistency: "sequential", workload: "causal" }),
    { consistency: "linearizable", workload: "register", workloadOptions: { cas: "no" } },
  ],
  operations: ["read", "write"],
  source:
    "Birman, Schiper and Stephenson, Lightweight Causal and Atomic Group Multicast (1991), section 5; Ahamad et al., Causal Memory (1995)",
  description: "Every process takes writes and broadcasts them with vector clocks; the last writer wins.",
  bugs: {
    "deliver-on-arrival": {
      description: "vector clocks are ignored: a write is delivered before those that it came after",
      breaks: laggingReplicas({ consistency: "causal", workload: "causal" }),
    },
    "last-delivered-wins": {
      description:
        "a delivered write overwrites whatever is there: two concurrent ones end up in either order",
      breaks: convergence,
    },
    "time-not-merged": {
      description: "Lamport's clock does not move past timestamps that are received: a later write may lose",
      breaks: convergence,
    },
    "wall-clock-timestamps": {
      description:
        "timestamps are taken from the process's clock: a write behind a clock that is ahead loses",
      breaks: convergence,
    },
  },
  start,
  handle(process, event, context) {
    const effects: Effects = new EffectList();
    if (event.type === "message") onMessage(process, event.from, event.message, effects);
    else if (event.type === "timer" && event.name === EXCHANGE) process.channel.exchange(effects);
    else if (event.type === "request") onClientRequest(process, event.request, context, effects);
    return effects.effects;
  },
};

function start({ id, nodes, timeoutNs, bugs }: NodeConfig, disk: DiskContents) {
  const others = nodes.filter((node) => node !== id);
  const channel = new CausalChannel<TimestampedWrite>(id, others, timeoutNs / 2);
  const process: BroadcastState = { id, bugs, channel, registers: new Map(), time: 0 };
  const effects: Effects = new EffectList();
  const delivered = channel.start(disk, effects);
  for (const { body } of delivered) apply(process, body);
  effects.log(`${delivered.length} writes delivered`);
  return { state: process, effects: effects.effects };
}

function onClientRequest(
  process: BroadcastState,
  request: ClientRequest,
  { nowNs }: EventContext,
  effects: Effects,
): void {
  const { f, key, value } = request;
  if (f === "read") {
    effects.reply(request, { type: "ok", value: process.registers.get(key)?.value ?? null });
    return;
  }
  const time = process.bugs.has("wall-clock-timestamps") ? Math.max(0, nowNs) : process.time + 1;
  const write: TimestampedWrite = { key, value, timestamp: [time, process.id] };
  apply(process, write);
  process.time = time;
  process.channel.broadcast(write, effects);
  effects.reply(request, { type: "ok", value });
}

function onMessage(process: BroadcastState, from: string, message: BroadcastMessage, effects: Effects): void {
  const heard = process.bugs.has("deliver-on-arrival") ? withoutClocks(message) : message;
  for (const { body } of process.channel.hear(from, heard, effects)) apply(process, body);
}

function apply(process: BroadcastState, write: TimestampedWrite): void {
  const { key, timestamp } = write;
  if (!process.bugs.has("time-not-merged")) process.time = Math.max(process.time, timestamp[0]);
  const current = process.registers.get(key);
  const wins = current === undefined || compareDots(timestamp, current.timestamp) > 0;
  if (wins || process.bugs.has("last-delivered-wins")) process.registers.set(key, write);
}

function withoutClocks(message: BroadcastMessage): BroadcastMessage {
  if (message.type !== "Updates") return message;
  return { ...message, entries: message.entries.map((entry) => ({ ...entry, after: {} })) };
}
