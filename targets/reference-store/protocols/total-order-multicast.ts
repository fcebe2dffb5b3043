import { EffectList } from "../effect-list.ts";
import type { ClientRequest, DiskContents, NodeConfig, Protocol } from "../frame.ts";
import { LogFeed } from "../log-feed.ts";
import { PendingRequests } from "../pending-requests.ts";
import { Registers } from "../registers.ts";
import { ReplicatedState } from "../replicated-state.ts";

/** A message of the group with the Lamport time of its sender, in whose log it stands. */
export type Stamped = { readonly time: number; readonly request: ClientRequest };

/**
 * Where a process is: it has multicast `issued` messages stamped up to `time`, and stamps later whatever it multicasts
 * from now on.
 */
type Promised = { readonly time: number; readonly issued: number };

export type TotalOrderMessage =
  /** The messages of the sender's log from number `first` on. */
  | (Promised & { readonly type: "Multicast"; readonly first: number; readonly messages: readonly Stamped[] })
  /** The receiver's log is durable here up to `upTo`; and the sender's time, which is what acknowledges. */
  | (Promised & { readonly type: "Acknowledge"; readonly upTo: number })
  /** Acknowledge, please: the head of the queue waits for it. */
  | (Promised & { readonly type: "Inquire"; readonly upTo: number });

/** A message in the queue: all that have arrived and are not delivered, in order of time and sender. */
interface Waiting extends Stamped {
  readonly sender: string;
}

export interface TotalOrderState {
  readonly id: string;
  readonly others: readonly string[];
  readonly timeoutNs: number;
  readonly bugs: ReadonlySet<string>;
  readonly readsLocally: boolean;
  readonly pending: PendingRequests;
  /** The Lamport clock. Durable before anybody hears of it. */
  time: number;
  /** All messages by sender, its own too, in order of number. Durable. */
  readonly logs: ReadonlyMap<string, Stamped[]>;
  readonly feed: LogFeed<Stamped>;
  /** Of each other process, the latest that is known. */
  readonly promised: Map<string, Promised>;
  readonly queue: Waiting[];
  delivered: number;
  readonly machine: ReplicatedState;
  inquireTimer: boolean;
}

type Effects = EffectList<TotalOrderMessage>;

const INQUIRE = "inquire";

/**
 * Every request, reads too, is multicast with a Lamport timestamp, put in order of time and then sender by everyone,
 * and delivered when it stands at the head of the queue and every process has acknowledged it: is known to be past
 * its time. What is delivered is executed, and answered by the process whose client asked.
 *
 * Lamport's channels are reliable and first in, first out. Here a sender's messages are a log that is fed to everyone
 * until all have it, and a process's time acknowledges only together with all that it had multicast before. Logs and
 * clocks are durable before anybody hears of them: a process that starts again makes good what it had acknowledged, and
 * delivers everything again, in the same order.
 *
 * Linearizable: all execute in one order; and when a request is answered, every process is past its time, so what is
 * asked later anywhere is stamped later. Every process must acknowledge: while one is away, nothing is delivered.
 */
export const totalOrderMulticast: Protocol<TotalOrderState, TotalOrderMessage> = {
  name: "total-order-multicast",
  promises: [{ consistency: "linearizable", workload: "register" }],
  operations: ["read", "write", "cas"],
  source:
    "Lamport, Time, Clocks, and the Ordering of Events in a Distributed System (1978), with stable storage",
  description:
    "Every process orders every request, reads too, by Lamport timestamp, once all have acknowledged it.",
  bugs: {
    "deliver-unacknowledged": {
      description:
        "a message is delivered when it is at the head of the queue, whoever may still be behind its time",
      breaks: { consistency: "linearizable", workload: "register" },
    },
    "ties-by-arrival": {
      description: "messages of the same Lamport time are ordered by arrival instead of by sender",
      breaks: { consistency: "linearizable", workload: "register" },
    },
    "acknowledgement-overtakes": {
      description:
        "an acknowledgement counts although messages sent before it have not arrived: channels are not FIFO",
      breaks: { consistency: "linearizable", workload: "register" },
    },
    "forget-time": {
      description:
        "the Lamport clock is not on disk: a process that starts again goes back behind what it acknowledged",
      breaks: { consistency: "linearizable", workload: "register" },
    },
  },
  start: (config, disk) => startProcess(config, disk, false),
  handle(process, event) {
    const effects: Effects = new EffectList();
    if (event.type === "message") onMessage(process, event.from, event.message, effects);
    else if (event.type === "timer") onTimer(process, event.name, effects);
    else if (event.type === "request") onClientRequest(process, event.request, effects);
    return effects.effects;
  },
  phase: ({ queue }) => (queue.length === 0 ? "idle" : "waiting for acknowledgements"),
};

/** Starts a process; with `readsLocally` reads are not multicast but answered from what was delivered. */
export function startProcess(config: NodeConfig, disk: DiskContents, readsLocally: boolean) {
  const { id, nodes, timeoutNs, bugs } = config;
  const logs = new Map(nodes.map((node) => [node, [...(disk.logs.get(node) ?? [])] as Stamped[]]));
  const own = logs.get(id) as Stamped[];
  const others = nodes.filter((node) => node !== id);
  const process: TotalOrderState = {
    id,
    others,
    timeoutNs,
    bugs,
    readsLocally,
    pending: new PendingRequests(),
    time: bugs.has("forget-time") ? 0 : ((disk.records.get("time") ?? 0) as number),
    logs,
    feed: new LogFeed(own, others, timeoutNs / 2),
    promised: new Map(),
    queue: messagesInOrder(logs),
    delivered: 0,
    machine: new ReplicatedState(new Registers()),
    inquireTimer: false,
  };
  const effects: Effects = new EffectList();
  effects.log(`time ${process.time}, ${process.queue.length} messages`);
  // What was delivered before needs no acknowledgement again: nothing can come before it any more.
  const delivered = bugs.has("forget-delivered") ? 0 : ((disk.records.get("delivered") ?? 0) as number);
  for (const first of process.queue.splice(0, delivered)) execute(process, first, effects);
  multicast(process, effects);
  for (const other of others) inquire(process, other, effects);
  deliver(process, effects);
  return { state: process, effects: effects.effects };
}

function onClientRequest(process: TotalOrderState, request: ClientRequest, effects: Effects): void {
  if (process.readsLocally && process.machine.isRead(request)) {
    effects.reply(request, process.machine.read(request));
    return;
  }
  process.pending.add(request);
  passTime(process, process.time + 1, effects);
  take(process, process.id, [{ time: process.time, request }], effects);
  effects.sync();
  if (process.bugs.has("acknowledge-when-multicast") && request.f === "write") {
    effects.reply(request, { type: "ok", value: request.value });
  }
  multicast(process, effects);
  deliver(process, effects);
}

function onMessage(
  process: TotalOrderState,
  from: string,
  message: TotalOrderMessage,
  effects: Effects,
): void {
  const { time, issued } = message;
  if (time >= (process.promised.get(from)?.time ?? 0)) process.promised.set(from, { time, issued });
  if (time > process.time) {
    passTime(process, time, effects);
    effects.sync();
  }
  if (message.type === "Multicast") onMulticast(process, from, message.first, message.messages, effects);
  else process.feed.acknowledge(from, message.upTo);
  if (message.type === "Inquire") acknowledge(process, from, effects);
  multicast(process, effects);
  deliver(process, effects);
}

function onMulticast(
  process: TotalOrderState,
  sender: string,
  first: number,
  messages: readonly Stamped[],
  effects: Effects,
): void {
  const known = lengthOf(process, sender) + 1 - first;
  const fresh = known < 0 ? [] : messages.slice(known);
  if (fresh.length === 0) {
    acknowledge(process, sender, effects);
    return;
  }
  take(process, sender, fresh, effects);
  effects.sync();
  for (const other of process.others) acknowledge(process, other, effects);
}

function onTimer(process: TotalOrderState, name: string, effects: Effects): void {
  if (name === INQUIRE) {
    process.inquireTimer = false;
    const [head] = process.queue;
    const behind = process.others.filter(
      (other) => head !== undefined && !acknowledged(process, other, head),
    );
    for (const other of behind) inquire(process, other, effects);
  } else {
    process.feed.again();
    multicast(process, effects);
  }
  deliver(process, effects);
}

// The sender's side.

function multicast(process: TotalOrderState, effects: Effects): void {
  process.feed.feed(effects, (to, first, messages) =>
    effects.send(to, { type: "Multicast", first, messages, ...promise(process) }),
  );
}

function acknowledge(process: TotalOrderState, to: string, effects: Effects): void {
  effects.send(to, { type: "Acknowledge", upTo: lengthOf(process, to), ...promise(process) });
}

function inquire(process: TotalOrderState, to: string, effects: Effects): void {
  effects.send(to, { type: "Inquire", upTo: lengthOf(process, to), ...promise(process) });
}

function promise(process: TotalOrderState): Promised {
  return { time: process.time, issued: lengthOf(process, process.id) };
}

/** Nobody may hear of the time before it is durable: it promises that nothing earlier comes from here. */
function passTime(process: TotalOrderState, time: number, effects: Effects): void {
  process.time = time;
  effects.write("time", time);
}

// The queue.

function take(
  process: TotalOrderState,
  sender: string,
  messages: readonly Stamped[],
  effects: Effects,
): void {
  process.logs.get(sender)?.push(...messages);
  effects.append(sender, messages);
  for (const stamped of messages) {
    const waiting = { ...stamped, sender };
    const inOrder = process.bugs.has("ties-by-arrival") ? (a: Waiting, b: Waiting) => a.time - b.time : order;
    const before = process.queue.findLastIndex((other) => inOrder(other, waiting) <= 0);
    process.queue.splice(before + 1, 0, waiting);
  }
}

/** Delivers what is at the head and acknowledged by all. */
function deliver(process: TotalOrderState, effects: Effects): void {
  const before = process.delivered;
  for (let [head] = process.queue; head !== undefined; [head] = process.queue) {
    const waiting = head;
    if (!process.others.every((other) => acknowledged(process, other, waiting))) break;
    process.queue.shift();
    execute(process, waiting, effects);
  }
  if (process.readsLocally && process.delivered > before) {
    effects.write("delivered", process.delivered);
    effects.sync();
  }
  if (process.queue.length > 0 && !process.inquireTimer) {
    process.inquireTimer = true;
    effects.setTimer(INQUIRE, process.timeoutNs / 2);
  }
}

function execute(process: TotalOrderState, { sender, request }: Waiting, effects: Effects): void {
  process.delivered++;
  const reply = process.machine.apply(request);
  if (sender !== process.id || reply === undefined) return;
  if (process.pending.take(request.client, request.sequence)) effects.reply(request, reply);
}

/** Whether everything that the other process may yet multicast comes later, and all before it has arrived. */
function acknowledged(process: TotalOrderState, other: string, { time }: Waiting): boolean {
  if (process.bugs.has("deliver-unacknowledged")) return true;
  const promised = process.promised.get(other);
  if (promised === undefined || promised.time < time) return false;
  return promised.issued <= lengthOf(process, other) || process.bugs.has("acknowledgement-overtakes");
}

/** All that these processes multicast, in total order. */
export function messagesInOrder(logs: ReadonlyMap<string, readonly Stamped[]>): Waiting[] {
  return [...logs].flatMap(([sender, log]) => log.map((stamped) => ({ ...stamped, sender }))).sort(order);
}

/** Lamport's total order: by time, and where that is the same by process. */
function order(a: Waiting, b: Waiting): number {
  return a.time - b.time || (a.sender < b.sender ? -1 : a.sender > b.sender ? 1 : 0);
}

function lengthOf(process: TotalOrderState, sender: string): number {
  return process.logs.get(sender)?.length ?? 0;
}
