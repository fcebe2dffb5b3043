import type { Random } from "../clock/random.ts";
import type { Generator } from "../generator/generator.ts";
import type { Key } from "../history/operation.ts";
import type { OptionTable, OptionValues } from "./options.ts";

export interface WorkloadSetup {
  readonly nodes: readonly string[];
  /** Client threads. */
  readonly concurrency: number;
  readonly options: OptionValues;
  readonly random: Random;
}

/** The operations of one run: what clients do under load, and what they do once all faults are healed. */
export interface WorkloadGenerators {
  readonly load: Generator;
  /** Final reads; made when the recovery phase begins, from the keys that the load used, in order of first use. */
  recovery(keys: readonly Key[]): Generator;
}

/** What clients do, and which model judges it. */
export interface Workload {
  readonly name: string;
  readonly description: string;
  /** The model that the operations belong to, by its name. */
  readonly model: string;
  readonly options: OptionTable;
  /** Every operation it may ask for, and whether it can change the store. */
  readonly operations: Readonly<Record<string, { readonly hasEffect: boolean }>>;
  /** The operations that it asks for with these options; all of them where absent. */
  uses?(options: OptionValues): readonly string[];
  /** What is judged where the user names no consistency model. Default `linearizable`. */
  readonly consistency?: string;
  generators(setup: WorkloadSetup): WorkloadGenerators;
}

/** The operations that a workload asks for with these options, each with whether it can change the store. */
export function operationsOf(workload: Workload, options: OptionValues): Workload["operations"] {
  if (workload.uses === undefined) return workload.operations;
  const used = workload.uses(options);
  return Object.fromEntries(Object.entries(workload.operations).filter(([f]) => used.includes(f)));
}
