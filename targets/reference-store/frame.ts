import type { Random } from "../../harness/clock/random.ts";
import type { Json } from "../../harness/history/operation.ts";
import type { OptionTable, OptionValues } from "../../harness/ports/options.ts";
import type { Bug, Guarantee } from "../../harness/ports/target.ts";
import type { ClientSide } from "./client-side.ts";
import type { ClientRequest, Reply } from "./request.ts";

export type { ClientRequest, Reply } from "./request.ts";

/**
 * The frame that every replication protocol of the reference store stands in. A node is a state machine: an event goes
 * in, effects come out. It knows no clock, network or disk, so the same protocol runs in the simulation, in child
 * processes and in containers, through one thin adapter each.
 *
 * How an adapter carries out effects is fixed, and {@link EffectQueue} does it for all of them:
 * - The effects of one event are carried out in order, those of one event before those of the next.
 * - Messages and replies that come after a `sync` leave the node only when everything written before that sync is
 *   durable. Events go on being handled meanwhile; their messages and replies wait behind, first in, first out. So
 *   nothing that anyone can see depends on a state that a kill could undo.
 * - Writes reach the disk in order. Timers and log lines take effect at once.
 * - A kill loses memory, timers, waiting effects and writes that no finished sync covers. A start gives back what the
 *   disk holds, which is the outcome of some first part of the writes that includes all that were durable.
 *
 * Messages may be lost, doubled, delayed without bound and reordered. A message is a value: neither its sender nor a
 * receiver changes it, or anything in it, once it was sent; the same holds for what is written to the disk.
 */
export interface Protocol<State, Message extends Json> {
  /** Its standard name. */
  readonly name: string;
  /** What it promises. A bug breaks the first promise where it does not say another. */
  readonly promises: readonly Guarantee[];
  /** What it gives up, and what must therefore show: never mistaken for a promise. */
  readonly lacks?: readonly Guarantee[];
  /** The operations that its clients know. */
  readonly operations: readonly string[];
  /** The paper or text that it follows, with the section. */
  readonly source: string;
  readonly description: string;
  /** Mistakes that can be switched on, by name. */
  readonly bugs: Readonly<Record<string, Bug>>;
  /** Its own options, beside those that every protocol has. */
  readonly options?: OptionTable;
  /** How many nodes it needs, and how many it gets where nobody says. Default 1 and 5. */
  readonly nodes?: { readonly least: number; readonly standard: number };
  /** What operators can ask of it while it serves. */
  readonly operable?: readonly Operator["type"][];
  /** Starts a node, for the first time or again, on what its disk holds. */
  start(config: NodeConfig, disk: DiskContents, context: EventContext): Started<State, Message>;
  /**
   * Handles one event. It may change `state` in place, for speed, but state and effects are determined by the events
   * so far and the numbers drawn from `context.random` alone.
   */
  handle(state: State, event: NodeEvent<Message>, context: EventContext): readonly Effect<Message>[];
  /** Whether this node leads, as it sees it; absent where the protocol has no such notion. */
  leads?(state: State): boolean;
  /**
   * The nodes that are in the configuration; undefined where this node does not know it for certain. Only where membership
   * can change.
   */
  members?(state: State): readonly string[] | undefined;
  /** A few words for the kind of state a node is in, such as "leader, snapshotting": what a hunt counts as covered. */
  phase?(state: State): string;
  /** What a client does beside asking its node and waiting. */
  readonly client?: ClientSide;
}

export interface NodeConfig {
  readonly id: string;
  /** Every node of the cluster, this one too, in the same order everywhere. */
  readonly nodes: readonly string[];
  /** A silence that is too long: protocols derive from it when to retransmit, to elect, to give up. */
  readonly timeoutNs: number;
  /** The bugs that are switched on. */
  readonly bugs: ReadonlySet<string>;
  /** The protocol's own options, defaults filled in. */
  readonly options: OptionValues;
  /** What chance drew for this run, in [0, 1): the same at every node and at every start. 0 where nobody drew. */
  readonly lot?: number;
}

export interface EventContext {
  /** By the node's own clock, which may be off, jump and run fast or slow. */
  readonly nowNs: number;
  /**
   * Time since some instant before the node started, by a clock that never jumps, though it may run fast or slow.
   * Absent where the node has none: then nothing may be built on how long something took.
   */
  readonly monotonicNs?: number;
  readonly random: Random;
}

interface Started<State, Message> {
  readonly state: State;
  readonly effects: readonly Effect<Message>[];
}

/** What a node finds when it starts: records by name, and logs that grow at their end. The node's own to keep. */
export interface DiskContents {
  readonly records: ReadonlyMap<string, Json>;
  readonly logs: ReadonlyMap<string, readonly Json[]>;
}

/**
 * What an operator asks of the cluster; every node that is up hears it. A configuration names the nodes that are to be
 * in it, `transfer-leadership` the node that is to lead.
 */
export type Operator =
  | { readonly type: "change-membership"; readonly members: readonly string[] }
  | { readonly type: "transfer-leadership"; readonly to: string };

export type NodeEvent<Message> =
  | { readonly type: "message"; readonly from: string; readonly message: Message }
  | { readonly type: "timer"; readonly name: string }
  | { readonly type: "request"; readonly request: ClientRequest }
  | { readonly type: "operator"; readonly command: Operator };

export type Effect<Message> =
  | { readonly type: "send"; readonly to: string; readonly message: Message }
  | { readonly type: "reply"; readonly client: string; readonly sequence: number; readonly reply: Reply }
  /** Fires once; replaces a timer of the same name. */
  | { readonly type: "set-timer"; readonly name: string; readonly delayNs: number }
  | { readonly type: "cancel-timer"; readonly name: string }
  | { readonly type: "write"; readonly name: string; readonly value: Json }
  | { readonly type: "append"; readonly name: string; readonly entries: readonly Json[] }
  /** Cuts a log to its first `length` entries. */
  | { readonly type: "truncate"; readonly name: string; readonly length: number }
  | { readonly type: "sync" }
  | { readonly type: "log"; readonly message: string };
