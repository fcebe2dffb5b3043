import { NS_PER_MS, NS_PER_S, Random } from "../../harness/clock/index.ts";
import { UsageError } from "../../harness/errors.ts";
import {
  type Guarantee,
  type OptionValues,
  profileOf,
  type Target,
  type TargetProfile,
} from "../../harness/ports/index.ts";
import { duration, oneOf, staleness } from "../parse.ts";
import { givenOptions, planRun, type RunPlan, workloadOf } from "../plan-run.ts";
import { faults, targets } from "../registries.ts";
import { defaultRunOptions } from "../run-options.ts";
import type { FixedOptions, HuntSpec } from "./hunt-spec.ts";

/**
 * Evidence that a single seed may lack: its load is short, and its faults come by chance. Whether the hunt as a whole
 * did enough shows in what it counts: among others the seeds in which nothing of the load was answered.
 */
const WAIVED = [
  "no-ok-operations",
  "kind-never-ok",
  "no-acknowledged-writes-before-first-fault",
  "fault-never-injected",
  "fault-without-effect",
  "no-operations-during-faults",
] as const;

/**
 * The run that a seed stands for: a function of the seed and of what the user fixed, and of nothing else. Whatever was
 * not fixed varies: the size of the cluster, latencies and losses, faults and how long they last, clients, rate,
 * length, and keys of the workload. Each comes from a stream of chance of its own, so that fixing one leaves the others.
 *
 * Judged is what the target promises, one promise a seed where there are several; with a known mistake switched on,
 * the guarantee that it breaks; where nothing is promised, linearizable registers. Faults under which a promise does not
 * hold are left out, and those that a mistake needs to show come in place of others, unless the user asked for some.
 *
 * Errors: UsageError for what no run can be planned with; `not-simulated` for a target in real time.
 */
export function drawRun({ target: name, fixed }: HuntSpec, seed: number): RunPlan {
  const target = huntedTarget(name);
  const given = givenOptions(fixed);
  const profile = profileOf(target, pick(given, target.options));
  const chance = new Random(seed).stream("hunt");
  const goal = drawGoal(profile, fixed, given["bug"], chance.stream("goal"));
  const nodes = fixed.nodes ?? drawNodeCount(profile, chance.stream("nodes"));
  const network = drawNetwork(chance.stream("network"));
  const load = drawLoad(nodes, network, chance.stream("load"));
  const calmNs = calmOf(network, load);
  const loadNs = fixed.time ?? load.time + calmNs;
  const faultsNs = Math.max(loadNs - calmNs, Math.ceil(loadNs / 2));
  const workload = workloadOf(profile, goal.workload);
  const drawn = {
    ...pick(optionsOfNetwork(network), target.options),
    ...pick(drawKeys(chance.stream("keys")), workload.options),
    ...goal.targetOptions,
    ...goal.workloadOptions,
  };
  const options = defaultRunOptions({
    ...load,
    time: loadNs,
    ...drawFaults(
      { ...profile, capabilities: profile.capabilities.filter((each) => !goal.excludes?.includes(each)) },
      nodes,
      network,
      faultsNs,
      chance.stream("faults"),
    ),
    ...faultsOf(goal),
    ...(goal.consistency === undefined ? {} : { consistency: goal.consistency }),
    ...(goal.maxStaleness === undefined
      ? {}
      : { maxStaleness: staleness(goal.maxStaleness, "maxStaleness") }),
    ...fixed,
    workload: workload.name,
    nodes,
    seed,
    option: Object.entries({ ...drawn, ...given }),
    waive: [...new Set([...WAIVED, ...(fixed.waive ?? [])])],
  });
  return planRun(name, options, seed);
}

/** Errors: UsageError `unknown-target`, `not-simulated`. */
function huntedTarget(name: string): Target {
  const target = targets[oneOf("target", Object.keys(targets))(name, "target")] as Target;
  if (target.time === "virtual") return target;
  const simulated = Object.values(targets).filter(({ time }) => time === "virtual");
  throw new UsageError({
    code: "not-simulated",
    message: `${name} runs in real time (${target.environment}), where a seed is not a whole run`,
    hint: `hunt a simulated target: ${simulated.map((each) => each.name).join(", ")}; assay run ${name} runs this one`,
  });
}

type Goal = Partial<Guarantee>;

function drawGoal(
  { promises, bugs }: TargetProfile,
  { consistency, workload }: FixedOptions,
  bug: string | undefined,
  random: Random,
): Goal {
  const broken = bug === undefined || !Object.hasOwn(bugs, bug) ? undefined : bugs[bug]?.breaks;
  const fitting = (broken === undefined ? promises : [broken]).filter(
    (each) =>
      (consistency === undefined || each.consistency === consistency) &&
      (workload === undefined || each.workload === workload),
  );
  if (fitting.length > 0) return random.pick(fitting);
  return {
    ...(consistency === undefined ? {} : { consistency }),
    ...(workload === undefined ? {} : { workload }),
  };
}

/** Mostly what is usual for the target, sometimes fewer or more. */
function drawNodeCount({ minNodes, defaultNodes }: TargetProfile, random: Random): number {
  const least = Math.max(minNodes, Math.min(3, defaultNodes));
  return random.pick([least, least, defaultNodes, defaultNodes, random.between(least, defaultNodes + 2)]);
}

interface Network {
  readonly latencyNs: number;
  readonly clientLatencyNs: number;
  readonly syncNs: number;
  readonly loss: number;
  readonly duplication: number;
  readonly timeoutNs: number;
}

/** Evenly over orders of magnitude. */
function logUniform(random: Random, least: number, most: number): number {
  return least * (most / least) ** random.float();
}

function drawNetwork(random: Random): Network {
  const latencyNs = logUniform(random, 0.5 * NS_PER_MS, 10 * NS_PER_MS);
  const syncNs = logUniform(random, 0.1 * NS_PER_MS, 5 * NS_PER_MS);
  return {
    latencyNs,
    syncNs,
    clientLatencyNs: logUniform(random, 0.1 * NS_PER_MS, 10 * NS_PER_MS),
    loss: random.pick([0, 0, 0.01, 0.01, 0.05, 0.15]),
    duplication: random.pick([0, 0, 0.01, 0.01, 0.1]),
    // Long against a round trip, or no leader would ever last; and now and then hardly.
    timeoutNs: Math.max(20 * NS_PER_MS, (2 * latencyNs + syncNs) * logUniform(random, 5, 20)),
  };
}

function optionsOfNetwork(network: Network): OptionValues {
  const us = (timeNs: number) => `${Math.max(1, Math.round(timeNs / 1_000))}us`;
  return {
    latency: us(network.latencyNs),
    "client-latency": us(network.clientLatencyNs),
    sync: us(network.syncNs),
    loss: String(network.loss),
    duplication: String(network.duplication),
    timeout: us(network.timeoutNs),
  };
}

/** Some hundred operations at most: many short runs find more than a few long ones, and are easier to read. */
function drawLoad(nodes: number, { timeoutNs }: Network, random: Random) {
  const operations = logUniform(random, 60, 400);
  const seconds = Math.max(0.25, (12 * timeoutNs) / NS_PER_S, operations / logUniform(random, 20, 1_000));
  return {
    rate: Math.max(1, Math.round(operations / seconds)),
    // Operations that meet on their way show more than as many that come one by one.
    burst: random.pick([1, 1, 4, 16]),
    time: wholeMs(seconds * NS_PER_S),
    concurrency: { count: random.between(2, 3 * nodes), perNode: false },
    opTimeout: wholeMs(logUniform(random, 2 * timeoutNs, 12 * timeoutNs)),
  };
}

/**
 * How long the load goes on once the last fault is over: until whoever is to lead does, and clients have asked again. What
 * was lost shows then, and few runs pass in which nothing was ever answered.
 */
function calmOf({ timeoutNs }: Network, { rate, burst }: ReturnType<typeof drawLoad>): number {
  return wholeMs(Math.max(CALM_TIMEOUTS * timeoutNs, (CALM_BURSTS * burst * NS_PER_S) / rate));
}

/** Times that people can read. */
function wholeMs(timeNs: number): number {
  return Math.ceil(timeNs / NS_PER_MS) * NS_PER_MS;
}

function drawKeys(random: Random): OptionValues {
  return {
    keys: String(random.between(1, 4)),
    "ops-per-key": String(Math.round(logUniform(random, 10, 200))),
  };
}

/** An election or two, lost votes included. */
const CALM_TIMEOUTS = 8;
const CALM_BURSTS = 3;

/** The faults that are known to be needed, in place of those that were drawn. */
function faultsOf({ nemesis }: Goal): Pick<FixedOptions, "nemesis" | "nemesisInterval" | "nemesisAfter"> {
  if (nemesis === undefined) return {};
  const nemesisInterval = duration(nemesis.interval, "nemesis-interval");
  return { nemesis: nemesis.faults, nemesisInterval, nemesisAfter: nemesisInterval };
}

/** With more of them, every fault hides what another did. */
const MOST_FAULTS = 16;

/**
 * Some of the faults that the target can take; now and then none. They last from a part of a time-out, in which a node
 * is back before anybody missed it, to half of the time there is for faults.
 */
function drawFaults(
  { capabilities, tellsPrimaries }: TargetProfile,
  nodes: number,
  { timeoutNs }: Network,
  faultsNs: number,
  random: Random,
) {
  const possible = Object.values(faults).filter(
    ({ capability, variants }) =>
      capabilities.includes(capability) &&
      Object.values(variants).some(({ minNodes, onRequest }) => onRequest !== true && minNodes <= nodes),
  );
  const wanted = possible.filter(() => random.chance(0.6));
  const fallback = possible.length === 0 || random.chance(0.2) ? [] : [random.pick(possible)];
  const atPrimaries = tellsPrimaries && random.chance(0.4);
  const words = (wanted.length === 0 ? fallback : wanted).flatMap(({ name, variants }) =>
    atPrimaries && "primary" in variants ? [name, `${name}:primary`] : [name],
  );
  const leastNs = Math.max(0.3 * timeoutNs, faultsNs / MOST_FAULTS);
  const nemesisInterval = wholeMs(logUniform(random, leastNs, Math.max(leastNs, faultsNs / 2)));
  return {
    nemesis: words.length === 0 ? "none" : words.join(","),
    nemesisInterval,
    nemesisAfter: wholeMs((0.3 + random.float()) * nemesisInterval),
    nemesisUntil: faultsNs,
  };
}

function pick(values: OptionValues, table: Readonly<Record<string, unknown>>): OptionValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(table, name)));
}
