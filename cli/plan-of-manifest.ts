import type { ScriptedOperation } from "../harness/generator/index.ts";
import type { OptionTable, OptionValues } from "../harness/ports/index.ts";
import type { Manifest } from "../results/manifest.ts";
import { planRun, type RunPlan } from "./plan-run.ts";
import { targets } from "./registries.ts";
import { defaultRunOptions, type RunOptions } from "./run-options.ts";

/** What is to be different when a recorded run is applied to something else. */
export interface Elsewhere {
  readonly target?: string;
  readonly protocol?: string;
  readonly bug?: string;
  readonly option?: readonly (readonly [name: string, value: string])[];
  readonly consistency?: string;
}

/**
 * The plan of a run that was described by a manifest: the same schedule of faults, and of a recorded load the same
 * operations. The same plan gives the same history, where the target is simulated.
 *
 * `operations`: the recorded load, where the manifest speaks of one. `elsewhere`: what is to be different; options of
 * another target than the run's are its defaults.
 * Errors: UsageError where this version of assay, or the other target, has no such thing.
 */
export function planOf(
  manifest: Manifest,
  operations: readonly ScriptedOperation[] | undefined,
  elsewhere: Elsewhere = {},
): RunPlan {
  const { nodes, schedule, script } = manifest;
  const plan = planRun(elsewhere.target ?? manifest.target, optionsOf(manifest, elsewhere), manifest.seed);
  const recovery = script?.recovery ?? true;
  return {
    ...plan,
    nodes,
    schedule,
    ...(operations === undefined ? {} : { script: { operations, recovery } }),
  };
}

/** The options with which a user would plan the run, but for its schedule. */
function optionsOf(manifest: Manifest, elsewhere: Elsewhere): RunOptions {
  const { workload, consistency, nodes, concurrency, faults, waived, seed, timeLimitNs } = manifest;
  return defaultRunOptions({
    workload,
    consistency: elsewhere.consistency ?? consistency,
    ...(manifest.maxStaleness === undefined ? {} : { maxStaleness: manifest.maxStaleness }),
    nodes: nodes.length,
    concurrency: { count: concurrency, perNode: false },
    rate: manifest.rateHz,
    burst: manifest.burst,
    time: timeLimitNs,
    recovery: manifest.recoveryLimitNs,
    opTimeout: manifest.opTimeoutNs,
    nemesis: faults.flatMap(({ kind, variants }) => variants.map((each) => `${kind}:${each}`)).join(","),
    // The schedule is the recorded one: none is planned.
    nemesisAfter: timeLimitNs,
    nemesisInterval: timeLimitNs,
    seed,
    ...(elsewhere.target === undefined ? { env: manifest.environment } : {}),
    option: Object.entries({
      ...targetOptions(manifest, elsewhere),
      ...manifest.workloadOptions,
      ...Object.fromEntries(elsewhere.option ?? []),
    }),
    waive: [...waived],
  });
}

function targetOptions({ target, targetOptions: recorded }: Manifest, elsewhere: Elsewhere): OptionValues {
  const { protocol, bug } = elsewhere;
  const kept = elsewhere.target === undefined || elsewhere.target === target ? recorded : {};
  return {
    ...(protocol === undefined || protocol === kept["protocol"]
      ? kept
      : { ...generalOptions(kept, targets[target]?.options ?? {}), protocol }),
    ...(bug === undefined ? {} : { bug }),
  };
}

/** Without what belongs to one protocol: its mistakes, and the options that are its own, whose default is empty. */
function generalOptions(values: OptionValues, table: OptionTable): OptionValues {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => name !== "bug" && table[name]?.default !== ""),
  );
}
