import type { MaxStaleness } from "../checkers/consistencies.ts";
import { NS_PER_S, Random } from "../harness/clock/index.ts";
import { didYouMean } from "../harness/did-you-mean.ts";
import { UsageError } from "../harness/errors.ts";
import {
  type CapabilityName,
  type FaultSchedule,
  type Guarantee,
  type OptionTable,
  type OptionValues,
  operationsOf,
  profileOf,
  resolveOptions,
  type Target,
  type TargetProfile,
  type Workload,
} from "../harness/ports/index.ts";
import type { LoadParameters } from "../harness/run/load-parameters.ts";
import type { LoadScript } from "../harness/run/load-script.ts";
import { type FaultRequest, parseFaultRequests, planSchedule } from "../nemesis/index.ts";
import { consistencies, evidenceCodes } from "./judging.ts";
import { oneOf, staleness } from "./parse.ts";
import { BIN_TARGET, DEFAULT_TARGET, DEFAULT_WORKLOAD, faults, targets, workloads } from "./registries.ts";
import type { RunOptions } from "./run-options.ts";

/** A run with every choice made: nothing is left to defaults or chance but what the seed decides. */
export interface RunPlan extends LoadParameters {
  readonly target: Target;
  readonly targetOptions: OptionValues;
  readonly workload: Workload;
  readonly workloadOptions: OptionValues;
  readonly consistency: string;
  /** How stale a read may be, where the user said. */
  readonly maxStaleness?: MaxStaleness;
  readonly faults: readonly FaultRequest[];
  readonly schedule: FaultSchedule;
  /** A recorded load in place of the workload's. */
  readonly script?: LoadScript;
  readonly seed: number;
  readonly random: Random;
  readonly waived: ReadonlySet<string>;
}

const MAX_DEFAULT_INTERVAL_NS = 10 * NS_PER_S;

/** More clients than this in one process run out of memory before they show anything. */
const CLIENT_LIMIT = 10_000;

/**
 * Makes every choice of a run, or says what is wrong with one, before anything is started.
 * Errors: {@link UsageError}.
 */
export function planRun(targetName: string | undefined, options: RunOptions, freshSeed: number): RunPlan {
  const named = targets[
    oneOf("target", Object.keys(targets))(
      targetName ?? (options.bin === undefined ? DEFAULT_TARGET : BIN_TARGET),
      "target",
    )
  ] as Target;
  const target = inEnvironment(named, options.env);
  const asked = givenOptions(options);
  const profile = profileOf(target, pick(target.options, asked));
  const shown = options.workload === undefined ? promiseToShow(target, profile, asked) : undefined;
  const given = { ...shown?.targetOptions, ...shown?.workloadOptions, ...asked };
  const workload = workloadOf(profile, options.workload ?? shown?.workload);
  const { targetOptions, workloadOptions } = splitOptions(target, workload, given);
  assertUnderstood(target, profile, workload, workloadOptions);
  const nodes = Array.from({ length: nodeCount(target, profile, options.nodes) }, (_, i) => `n${i + 1}`);
  const requests = parseFaultRequests(options.nemesis, faults, nodes.length);
  for (const { fault } of requests) assertInjectable(target, profile, fault.name, fault.capability);
  const seed = options.seed ?? freshSeed;
  const random = new Random(seed);
  const intervalNs =
    options.nemesisInterval ??
    Math.min(MAX_DEFAULT_INTERVAL_NS, Math.round(options.time / (4 * Math.max(1, requests.length))));
  return {
    target,
    targetOptions,
    workload,
    workloadOptions,
    consistency: oneOf("consistency", Object.keys(consistencies))(
      options.consistency ?? shown?.consistency ?? workload.consistency ?? "linearizable",
      "--consistency",
    ),
    ...boundOf(options, shown),
    nodes,
    concurrency: clientCount(options.concurrency, nodes.length),
    rateHz: options.rate,
    burst: options.burst,
    timeLimitNs: options.time,
    recoveryLimitNs: options.recovery,
    opTimeoutNs: options.opTimeout,
    faults: requests,
    schedule: planSchedule({
      requests,
      nodes,
      random: random.stream("nemesis"),
      timeLimitNs: options.time,
      afterNs: options.nemesisAfter ?? intervalNs,
      ...(options.nemesisUntil === undefined ? {} : { untilNs: options.nemesisUntil }),
      intervalNs,
    }),
    seed,
    random,
    waived: new Set(options.waive.map((code) => oneOf("evidence", evidenceCodes)(code, "--waive"))),
  };
}

function clientCount({ count, perNode }: RunOptions["concurrency"], nodeCount: number): number {
  const clients = perNode ? count * nodeCount : count;
  if (clients <= CLIENT_LIMIT) return clients;
  throw new UsageError({
    code: "too-many-clients",
    message: `a run has at most ${CLIENT_LIMIT} clients, not ${clients}`,
    hint: "lower --concurrency, and raise --rate for more operations",
  });
}

/** `--bin`, `--protocol`, `--bug`, `--keys` and `--ops-per-key` are short for options. */
export function givenOptions(options: Partial<RunOptions>): OptionValues {
  return {
    ...Object.fromEntries(options.option ?? []),
    ...(options.bin === undefined ? {} : { bin: options.bin }),
    ...(options.protocol === undefined ? {} : { protocol: options.protocol }),
    ...(options.bug === undefined ? {} : { bug: options.bug }),
    ...(options.keys === undefined ? {} : { keys: options.keys }),
    ...(options.opsPerKey === undefined ? {} : { "ops-per-key": options.opsPerKey }),
  };
}

/** An option belongs to the target or to the workload, whichever has it. */
function splitOptions(target: Target, workload: Workload, given: OptionValues) {
  const known = [...Object.keys(target.options), ...Object.keys(workload.options)];
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw new UsageError({
      code: "unknown-option",
      message: `neither ${target.name} nor the workload ${workload.name} has an option ${JSON.stringify(name)}`,
      hint: `${didYouMean(name, known)}options: ${known.join(", ")}`,
    });
  }
  return {
    targetOptions: resolveOptions(target.name, target.options, pick(target.options, given)),
    workloadOptions: resolveOptions(
      `the workload ${workload.name}`,
      workload.options,
      pick(workload.options, given),
    ),
  };
}

function pick(table: OptionTable, given: OptionValues): OptionValues {
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in table));
}

/**
 * Where the user names no workload, and the store does not understand the registers that would be the default: a promise
 * that these options allow, to be shown as it says, with its own workload, options and consistency model. One that holds without
 * further options comes first.
 */
function promiseToShow(target: Target, profile: TargetProfile, given: OptionValues): Guarantee | undefined {
  if (serves(profile, workloads[DEFAULT_WORKLOAD] as Workload)) return undefined;
  const options = resolveOptions(target.name, target.options, pick(target.options, given));
  const holds = ({ targetOptions = {} }: Guarantee) =>
    Object.entries(targetOptions).every(([name, value]) => options[name] === value);
  return profile.promises.find(holds) ?? profile.promises[0];
}

function boundOf(
  { maxStaleness, consistency }: RunOptions,
  shown: Guarantee | undefined,
): Pick<RunPlan, "maxStaleness"> {
  if (maxStaleness !== undefined) return { maxStaleness };
  if (shown?.maxStaleness === undefined || consistency !== undefined) return {};
  return { maxStaleness: staleness(shown.maxStaleness, "--max-staleness") };
}

/** Where the user names none: registers if the target knows them, else what shows what it promises. */
export function workloadOf(profile: TargetProfile, name: string | undefined): Workload {
  const servesStandard = serves(profile, workloads[DEFAULT_WORKLOAD] as Workload);
  const chosen = name ?? (servesStandard ? undefined : profile.promises[0]?.workload) ?? DEFAULT_WORKLOAD;
  return workloads[oneOf("workload", Object.keys(workloads))(chosen, "--workload")] as Workload;
}

function serves({ operations }: TargetProfile, { operations: asked }: Workload): boolean {
  return Object.keys(asked).every((f) => operations.includes(f));
}

function nodeCount(target: Target, { defaultNodes, minNodes }: TargetProfile, count = defaultNodes): number {
  if (count >= minNodes) return count;
  throw new UsageError({
    code: "too-few-nodes",
    message: `${target.name} with these options needs ${minNodes} nodes, not ${count}`,
    hint: `raise --nodes`,
  });
}

function inEnvironment(target: Target, environment = target.environment as string): Target {
  const choice = [target, ...(target.alsoIn ?? [])];
  const chosen = choice.find((each) => each.environment === environment);
  if (chosen !== undefined) return chosen;
  const known = choice.map((each) => each.environment).join(" or ");
  throw new UsageError({
    code: "wrong-environment",
    message: `${target.name} runs in the environment ${known}, not in ${JSON.stringify(environment)}`,
    hint: `leave --env out, or see assay list targets`,
  });
}

function assertUnderstood(
  target: Target,
  { operations, promises }: TargetProfile,
  workload: Workload,
  options: OptionValues,
): void {
  if (target.workloads?.includes(workload.name) === false) {
    throw new UsageError({
      code: "unsupported-workload",
      message: `${target.name} has no requests for the workload ${workload.name}`,
      hint: `it has: ${target.workloads.join(", ")}`,
    });
  }
  const missing = Object.keys(operationsOf(workload, options)).filter((f) => !operations.includes(f));
  if (missing.length === 0) return;
  const fitting = promises.find((promise) => promise.workload === workload.name)?.workloadOptions ?? {};
  const flags = Object.entries(fitting).map(([name, value]) => ` --option ${name}=${value}`);
  throw new UsageError({
    code: "unsupported-workload",
    message: `${target.name} with these options has no ${missing.join(", ")}, which the workload ${workload.name} asks for`,
    hint: `it has: ${operations.join(", ")}${flags.length === 0 ? "" : `; ask for less with${flags.join("")}`}`,
  });
}

/** A fault that cannot be injected is never quietly left out. */
function assertInjectable(
  target: Target,
  { capabilities }: TargetProfile,
  name: string,
  capability: CapabilityName,
): void {
  if (capabilities.includes(capability)) return;
  throw new UsageError({
    code: "fault-unavailable",
    message: `the fault ${name} cannot be injected into ${target.name} with these options in the environment ${target.environment}`,
    hint: `it can take: ${capabilities.join(", ") || "no faults"}`,
  });
}
