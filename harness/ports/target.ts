import type { Clock } from "../clock/clock.ts";
import type { Random } from "../clock/random.ts";
import type { VirtualClock } from "../clock/virtual-clock.ts";
import type { CapabilityName, Cluster } from "./cluster.ts";
import type { OptionTable, OptionValues } from "./options.ts";

export type Environment = "sim" | "process" | "docker";

export interface TargetSetup<C extends Clock = Clock> {
  readonly runId: string;
  /** n1, n2, …: what the nodes are to be called. */
  readonly nodes: readonly string[];
  readonly options: OptionValues;
  readonly clock: C;
  readonly random: Random;
  /** A line of progress for people. */
  readonly log: (message: string) => void;
  /** Aborts when the user wants out while the cluster starts. */
  readonly signal: AbortSignal;
}

interface TargetBase {
  readonly name: string;
  readonly description: string;
  readonly environment: Environment;
  readonly defaultNodes: number;
  readonly options: OptionTable;
  /** The operations that its clients understand. */
  readonly operations: readonly string[];
  /** The faults that its environment can inject. */
  readonly capabilities: readonly CapabilityName[];
}

/** A store that runs in simulated time, inside this process. */
export interface SimulatedTarget extends TargetBase {
  readonly time: "virtual";
  start(setup: TargetSetup<VirtualClock>): Promise<Cluster>;
}

/** A store that runs in real time, outside this process. */
export interface RealTarget extends TargetBase {
  readonly time: "real";
  start(setup: TargetSetup): Promise<Cluster>;
}

/** A store under test in one environment. */
export type Target = SimulatedTarget | RealTarget;
