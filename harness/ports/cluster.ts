import type { EnvironmentError } from "../errors.ts";
import type { Client } from "./client.ts";

/**
 * Whether a fault really had an effect, found out by a probe and never assumed. Taking a fault back probes too: what
 * it finds in force had an effect.
 */
export interface Effect {
  /** A node gone or frozen, packets dropped. A rule that has dropped nothing yet is no effect. */
  readonly effective: boolean;
  /** What the probe saw, with numbers: "n3: exit code 137", "412 packets dropped". */
  readonly detail: string;
}

/** The network from one node to another, in that direction only. */
export interface DirectedLink {
  readonly from: string;
  readonly to: string;
}

/** SIGKILL, and a start on the same data. That a node had to be started is no effect of a kill: it may have died. */
export interface KillCapability {
  kill(nodes: readonly string[]): Promise<Effect>;
  restart(nodes: readonly string[]): Promise<Effect>;
}

/** Freezes a node's processes and lets them go on. */
export interface PauseCapability {
  pause(nodes: readonly string[]): Promise<Effect>;
  resume(nodes: readonly string[]): Promise<Effect>;
}

/**
 * Drops what crosses the given links, beside those that are blocked already. Whether that had an effect shows when it
 * is healed.
 */
export interface PartitionCapability {
  block(links: readonly DirectedLink[]): Promise<Effect>;
  /** Unblocks every link; the effect counts what was dropped since the first block. */
  heal(): Promise<Effect>;
}

/** How far a node's clock is off. Zero and 1: true time. */
export interface ClockSkew {
  /** Ahead of true time by so much; negative: behind. */
  readonly offsetNs: number;
  /** How fast it runs: 1.1 gains 100 ms a second. Timers run on the same clock. */
  readonly rate: number;
}

/** Puts nodes' clocks wrong, all at once, and right again. */
export interface ClockCapability {
  skew(skews: Readonly<Record<string, ClockSkew>>): Promise<Effect>;
  reset(): Promise<Effect>;
}

/**
 * Takes nodes out of the configuration of a cluster that serves meanwhile, and back in. A node that left goes on
 * running; how many may be out at once is the store's to say, and what it refuses is no effect.
 */
export interface MembershipCapability {
  leave(nodes: readonly string[]): Promise<Effect>;
  join(nodes: readonly string[]): Promise<Effect>;
}

/** Asks whoever leads to hand over to a node, as an operator would before maintenance. */
export interface LeadershipCapability {
  transfer(to: string): Promise<Effect>;
}

/** A capability that a cluster lacks, and why. */
export interface Unavailable {
  readonly unavailable: string;
  readonly hint: string;
}

export interface Capabilities {
  readonly kill: KillCapability | Unavailable;
  readonly pause: PauseCapability | Unavailable;
  readonly partition: PartitionCapability | Unavailable;
  readonly clock: ClockCapability | Unavailable;
  readonly membership: MembershipCapability | Unavailable;
  readonly leadership: LeadershipCapability | Unavailable;
}

export type CapabilityName = keyof Capabilities;

/** The capabilities that are offered, and for every other one why there is none. */
export function offering(
  offered: Partial<Capabilities>,
  lacking: (name: CapabilityName) => Unavailable,
): Capabilities {
  const of = <N extends CapabilityName>(name: N): Capabilities[N] | Unavailable =>
    offered[name] ?? lacking(name);
  return {
    kill: of("kill"),
    pause: of("pause"),
    partition: of("partition"),
    clock: of("clock"),
    membership: of("membership"),
    leadership: of("leadership"),
  };
}

/** A running store: its nodes, the way to its clients, and the faults that can be injected. */
export interface Cluster extends AsyncDisposable {
  readonly nodes: readonly string[];
  readonly capabilities: Capabilities;
  /** Names and versions of what runs, for the manifest. */
  readonly versions: Readonly<Record<string, string>>;
  /**
   * Opens a connection of one process to one node; `thread` is the one of the load that asks, from 0. A failure means
   * that nothing was sent.
   */
  openClient(node: string, thread?: number): Promise<Client>;
  /** The nodes that lead now, as they say themselves; absent where the store has no such notion. */
  primaries?(): Promise<readonly string[]>;
  /** What says that a node ended by itself, which no fault explains; absent where nodes cannot. */
  failure?(): Promise<EnvironmentError | undefined>;
  /** Writes each node's log to `directory`; the file names. */
  saveLogs(directory: string): Promise<readonly string[]>;
  /** Stops every node and removes all that was made for the run. */
  [Symbol.asyncDispose](): Promise<void>;
}
