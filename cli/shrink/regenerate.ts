import { NS_PER_MS, Random } from "../../harness/clock/index.ts";
import { type OptionValues, profileOf } from "../../harness/ports/index.ts";
import { planSchedule } from "../../nemesis/index.ts";
import type { RunPlan } from "../plan-run.ts";
import { type Attempts, type Shown, withSeed } from "./attempts.ts";
import { faultsOf, scheduleOf } from "./faults.ts";
import { asScript } from "./flatten.ts";
import { focus } from "./reduce-operations.ts";
import { type ScriptedPlan, sizeOf, weight } from "./size.ts";

const MOST_FAULTS = 3;
const MOST_OPERATIONS = 16;

/**
 * A hunt in the small: runs of the same store and kinds of fault with few nodes, clients, operations and faults, drawn
 * anew. Where the anomaly shows in one, that is often shorter than what is left of a long run. Returns the smallest of
 * what it finds in `draws` runs, where that is smaller than `weight`.
 */
export async function regenerate(
  original: RunPlan,
  attempts: Attempts,
  limits: { readonly draws: number; readonly weight: number },
): Promise<Shown<ScriptedPlan> | undefined> {
  let best: Shown<ScriptedPlan> | undefined;
  let least = limits.weight;
  for (let draw = 0; draw < limits.draws && !attempts.spent; draw++) {
    const found = await attempts.shows(drawSmall(original, draw));
    if (found === undefined) continue;
    const flat = await asScript(found, attempts);
    if (flat === undefined) continue;
    const focused = await focus(flat, attempts);
    const size = weight(sizeOf(focused.plan));
    if (size >= least) continue;
    best = focused;
    least = size;
  }
  return best;
}

function drawSmall(original: RunPlan, draw: number): RunPlan {
  const random = new Random(original.seed).stream("shrink").fork(draw);
  const { target, targetOptions, workload, workloadOptions } = original;
  const { minNodes } = profileOf(target, targetOptions);
  const nodeCount = random.between(
    Math.min(original.nodes.length, Math.max(minNodes, 2)),
    original.nodes.length,
  );
  const nodes = original.nodes.slice(0, nodeCount);
  const operations = random.between(4, MOST_OPERATIONS);
  // As long for each operation as it took in the original, and up to eight times as long: an election may lie between.
  const rateHz = Math.max(1, Math.round((original.rateHz || 100) / 2 ** random.int(4)));
  const timeLimitNs = Math.round((operations / rateHz) * 1_000) * NS_PER_MS;
  const faults = original.faults.map(({ fault, variants }) => ({
    fault,
    variants: variants.filter((name) => (fault.variants[name]?.minNodes ?? 0) <= nodeCount),
  }));
  const requests = random
    .shuffle(faults.filter(({ variants }) => variants.length > 0))
    .slice(0, random.between(0, MOST_FAULTS));
  const intervalNs = Math.max(NS_PER_MS, Math.round(timeLimitNs / random.between(1, 4)));
  const schedule = planSchedule({
    requests,
    nodes,
    random: random.stream("nemesis"),
    timeLimitNs,
    afterNs: Math.round(random.float() * intervalNs),
    intervalNs,
  });
  const { script: _, ...unscripted } = original;
  return withSeed(
    {
      ...unscripted,
      nodes,
      concurrency: random.between(2, Math.min(4, Math.max(2, original.concurrency))),
      rateHz,
      timeLimitNs,
      workloadOptions: withFewKeys(workloadOptions, workload.options),
      faults: requests,
      schedule: scheduleOf(faultsOf(schedule).slice(0, MOST_FAULTS)),
    },
    random.int(2 ** 31),
  );
}

function withFewKeys(options: OptionValues, table: RunPlan["workload"]["options"]): OptionValues {
  return "keys" in table && Number(options["keys"]) !== 1 ? { ...options, keys: "1" } : options;
}
