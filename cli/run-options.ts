import { availableParallelism } from "node:os";
import { NS_PER_MS } from "../harness/clock/index.ts";
import type { Budget } from "../harness/ports/checker.ts";
import { RESULTS_FOLDER } from "../results/run-folder.ts";
import type { CommandOptions, OptionDefinition, ValuesOf } from "./command.ts";
import {
  assignment,
  bytes,
  concurrency,
  duration,
  integer,
  positiveDuration,
  staleness,
  text,
} from "./parse.ts";

/** How much checking may cost, and how far it goes; on every command that checks. */
export const budgetOptions = {
  budgetTime: {
    flags: "--budget-time <duration>",
    description: "how long checking may take; what is undecided then is unknown",
    parse: duration,
    default: "60s",
  },
  budgetMemory: {
    flags: "--budget-memory <size>",
    description: "how much memory the search may take",
    parse: bytes,
    default: "1GB",
  },
  budgetConfigurations: {
    flags: "--budget-configurations <count>",
    description: "how many configurations the search of one key may enter",
    parse: integer(1),
    defaultNote: "as many as time and memory allow",
  },
  allKeys: {
    flags: "--all-keys",
    description:
      "judge every key, though one is known to be invalid; else the check ends at the first violation",
  },
  workers: {
    flags: "--workers <count>",
    description: "threads for the search, used where several keys are hard",
    parse: integer(1, 256),
    defaultNote: "one for each core",
  },
} as const satisfies CommandOptions;

/** The options of `assay run`. */
export const runOptions = {
  workload: {
    flags: "--workload <name>",
    description: "what clients do",
    parse: text,
    defaultNote: "register, or what shows what the target promises",
  },
  consistency: {
    flags: "--consistency <name>",
    description: "the consistency model to judge",
    parse: text,
    defaultNote: "the workload's, mostly linearizable",
  },
  maxStaleness: {
    flags: "--max-staleness <bound>",
    description:
      "how stale a read may be, for k-atomic (3: one of the last 3 values) and delta-atomic (500ms)",
    parse: staleness,
    defaultNote: "none: how stale reads are is measured",
  },
  nodes: {
    flags: "--nodes <count>",
    description: "number of nodes",
    parse: integer(1, 99),
    defaultNote: "the target's",
  },
  concurrency: {
    flags: "--concurrency <clients>",
    description: "number of clients, or 3n for three a node",
    parse: concurrency,
    default: "3n",
  },
  rate: {
    flags: "--rate <hz>",
    description: "operations per second over all clients; 0 for as many as possible",
    parse: integer(0, 1_000_000),
    default: "200",
  },
  burst: {
    flags: "--burst <count>",
    description: "operations that start together, with pauses between that keep the rate",
    parse: integer(1, 100_000),
    default: "1",
  },
  time: {
    flags: "--time <duration>",
    description: "how long the load lasts",
    parse: duration,
    default: "20s",
  },
  recovery: {
    flags: "--recovery <duration>",
    description: "how long the store may take for the final reads, once everything is healed",
    parse: duration,
    default: "20s",
  },
  opTimeout: {
    flags: "--op-timeout <duration>",
    description: "how long a client waits for an answer",
    parse: positiveDuration,
    default: "2s",
  },
  nemesis: {
    flags: "--nemesis <faults>",
    description: "faults to inject, such as partition,kill:minority,pause, or none",
    parse: text,
    default: "none",
  },
  nemesisAfter: {
    flags: "--nemesis-after <duration>",
    description: "how long the load runs before the first fault",
    parse: duration,
    defaultNote: "one interval",
  },
  nemesisUntil: {
    flags: "--nemesis-until <duration>",
    description: "when the last fault is over at the latest; the load goes on undisturbed",
    parse: duration,
    defaultNote: "when the load is over",
  },
  nemesisInterval: {
    flags: "--nemesis-interval <duration>",
    description: "how long a fault lasts on average",
    parse: duration,
    defaultNote: "such that every kind comes up about twice, at most 10s",
  },
  seed: {
    flags: "--seed <integer>",
    description: "what all chance is derived from",
    parse: integer(0),
    defaultNote: "a new one, printed",
  },
  env: {
    flags: "--env <name>",
    description: "the environment to run in: sim, process or docker",
    parse: text,
    defaultNote: "the target's",
  },
  option: {
    flags: "-o, --option <key=value>",
    description: "an option of the target or the workload, see assay list; may be repeated",
    parse: assignment,
    repeatable: true,
  },
  bin: {
    flags: "--bin <program>",
    description:
      "a program that speaks the Maelstrom protocol, run as every node; its arguments follow after --",
    parse: text,
  },
  protocol: {
    flags: "--protocol <name>",
    description: "the reference store's replication protocol: short for --option protocol=…",
    parse: text,
  },
  bug: {
    flags: "--bug <name>",
    description: "a known mistake to switch on, see assay list bugs: short for --option bug=…",
    parse: text,
  },
  keys: {
    flags: "--keys <count>",
    description: "keys worked on at the same time: short for --option keys=…",
    parse: text,
  },
  opsPerKey: {
    flags: "--ops-per-key <count>",
    description: "operations on a key before a fresh one takes its place: short for --option ops-per-key=…",
    parse: text,
  },
  waive: {
    flags: "--waive <code>",
    description: "evidence to do without, by the code that its absence is reported under; may be repeated",
    parse: text,
    repeatable: true,
  },
  out: {
    flags: "--out <folder>",
    description: "where run folders are kept",
    parse: text,
    default: RESULTS_FOLDER,
  },
  ...budgetOptions,
} as const satisfies CommandOptions;

/** The budget that the options ask for. */
export function budgetOf(
  options: Pick<RunOptions, "budgetTime" | "budgetMemory" | "budgetConfigurations">,
): Budget {
  const { budgetTime, budgetMemory, budgetConfigurations } = options;
  return {
    timeMs: budgetTime / NS_PER_MS,
    memoryBytes: budgetMemory,
    ...(budgetConfigurations === undefined ? {} : { configurations: budgetConfigurations }),
  };
}

export type RunOptions = ValuesOf<typeof runOptions>;

/** The options of `assay run` for somebody who gives only these. */
export function defaultRunOptions(given: Partial<RunOptions>): RunOptions {
  const definitions: CommandOptions = runOptions;
  const defaults = Object.entries(definitions).map(([name, option]) => [name, defaultOf(name, option)]);
  return { ...Object.fromEntries(defaults), ...given } as RunOptions;
}

function defaultOf(name: string, option: OptionDefinition<unknown>): unknown {
  if (option.repeatable) return [];
  if (option.parse === undefined) return false;
  return option.default === undefined ? undefined : option.parse(option.default, name);
}

/** How many threads the search may use. */
export function workersOf({ workers }: Pick<RunOptions, "workers">): number {
  return workers ?? availableParallelism();
}
