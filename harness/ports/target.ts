import type { Clock } from "../clock/clock.ts";
import type { Random } from "../clock/random.ts";
import type { VirtualClock } from "../clock/virtual-clock.ts";
import type { CapabilityName, Cluster } from "./cluster.ts";
import type { RunObserver } from "./observer.ts";
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
  /** Told what happens inside, by environments that see it. */
  readonly observer?: RunObserver;
  /** What clients will do, by the workload's name: a target may speak several languages. */
  readonly workload?: string;
  /** The run's own folder, for what an environment keeps while the run goes; absent where nothing is kept. */
  readonly folder?: string;
}

/** A consistency model that a target promises, or is known not to give, and how that shows. */
export interface Guarantee {
  /** By the name that `--consistency` takes. */
  readonly consistency: string;
  /** How stale reads may be, as `--max-staleness` takes it, where the consistency model has such a bound. */
  readonly maxStaleness?: string;
  /** Faults under which it is not promised: those that need these capabilities. */
  readonly excludes?: readonly CapabilityName[];
  /** The faults that it takes to show, where it takes certain ones: as `--nemesis` and `--nemesis-interval` take them. */
  readonly nemesis?: { readonly faults: string; readonly interval: string };
  /** The workload whose histories show it, by its name. */
  readonly workload: string;
  readonly workloadOptions?: OptionValues;
  /** Options of the target with which it holds. */
  readonly targetOptions?: OptionValues;
}

/** A known mistake that can be switched on with the option `bug`. */
export interface Bug {
  /** What is wrong then, in one line. */
  readonly description: string;
  /** The guarantee that it takes away, as it is looked for. */
  readonly breaks: Guarantee;
}

/** One of several stores that a target can be. */
export interface TargetVariant {
  readonly name: string;
  readonly description: string;
  /** The paper or text that it follows. */
  readonly source: string;
  /** The options that make the target this one. */
  readonly options: OptionValues;
}

/** What a target is with certain options. */
export interface TargetProfile {
  /** The operations that its clients understand. */
  readonly operations: readonly string[];
  /** The faults that can be injected. */
  readonly capabilities: readonly CapabilityName[];
  readonly defaultNodes: number;
  /** With fewer nodes it makes no sense. */
  readonly minNodes: number;
  /** Whether its cluster tells who leads, so that a fault can strike the primary. */
  readonly tellsPrimaries: boolean;
  /** What it promises; none where nobody said. */
  readonly promises: readonly Guarantee[];
  /** What it is known not to give, and how that shows. */
  readonly lacks: readonly Guarantee[];
  /** Mistakes that can be switched on, by name. */
  readonly bugs: Readonly<Record<string, Bug>>;
}

interface TargetBase {
  readonly name: string;
  readonly description: string;
  readonly environment: Environment;
  readonly defaultNodes: number;
  readonly options: OptionTable;
  /** The operations that its clients understand. */
  readonly operations: readonly string[];
  /** The workloads that its clients can speak; every one whose operations they understand where absent. */
  readonly workloads?: readonly string[];
  /** The faults that its environment can inject. */
  readonly capabilities: readonly CapabilityName[];
  /** What it can be, for those that can be several things. */
  readonly variants?: readonly TargetVariant[];
  /** The same store in other environments, for whoever asks for one of them. */
  readonly alsoIn?: readonly RealTarget[];
  /** What the target is with these options, where that depends on them; the options as they were given. */
  profile?(options: OptionValues): Partial<TargetProfile>;
}

/** What a target is with these options. */
export function profileOf(target: Target, options: OptionValues): TargetProfile {
  const { operations, capabilities, defaultNodes } = target;
  const whatever = {
    operations,
    capabilities,
    defaultNodes,
    minNodes: 1,
    tellsPrimaries: false,
    promises: [],
    lacks: [],
    bugs: {},
  };
  return { ...whatever, ...target.profile?.(options) };
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
