import { join } from "node:path";
import { z } from "zod";
import { readRunFile } from "../../results/read-run-file.ts";
import { RunFile, replaceRunFile } from "../../results/run-folder.ts";
import type { FixedOptions } from "./hunt-spec.ts";
import type { HuntState, Violation } from "./hunt-state.ts";

const count = z.int().nonnegative();
const counts = z.record(z.string(), count);
const texts = z.array(z.string());

const maxStaleness = z.object({
  versions: count.exactOptional(),
  timeMs: z.number().nonnegative().exactOptional(),
});

const violation = z.object({
  seed: count,
  consistency: z.string(),
  anomalies: texts,
  folder: z.string(),
}) satisfies z.ZodType<Violation>;

const fixedOptions = {
  workload: z.string().exactOptional(),
  consistency: z.string().exactOptional(),
  maxStaleness: maxStaleness.exactOptional(),
  nodes: count.exactOptional(),
  concurrency: z.object({ count, perNode: z.boolean() }).exactOptional(),
  rate: count.exactOptional(),
  burst: count.exactOptional(),
  time: count.exactOptional(),
  recovery: count.exactOptional(),
  opTimeout: count.exactOptional(),
  nemesis: z.string().exactOptional(),
  nemesisAfter: count.exactOptional(),
  nemesisUntil: count.exactOptional(),
  nemesisInterval: count.exactOptional(),
  option: z.array(z.tuple([z.string(), z.string()])).exactOptional(),
  protocol: z.string().exactOptional(),
  bug: z.string().exactOptional(),
  keys: z.string().exactOptional(),
  opsPerKey: z.string().exactOptional(),
  waive: texts.exactOptional(),
} satisfies Record<keyof FixedOptions, z.ZodType>;

const fixed = z.object(fixedOptions) satisfies z.ZodType<FixedOptions>;

const huntState = z.object({
  schema: z.literal(1),
  target: z.string(),
  fixed,
  firstSeed: count,
  seeds: count,
  keepGoing: z.boolean(),
  done: count,
  counts: z.object({ valid: count, invalid: count, unknown: count }),
  reasons: counts,
  unknownSeeds: z.array(count),
  unanswered: count.default(0),
  violations: z.array(violation),
  operations: count,
  simulatedNs: count,
  states: texts,
  combinations: texts,
  effects: counts,
  elapsedMs: z.number().nonnegative(),
  version: z.string(),
}) satisfies z.ZodType<HuntState>;

/** Keeps how far a hunt is; a kill leaves the old state or the new one. Errors: EnvironmentError `results-not-writable`. */
export function saveHunt(folder: string, state: HuntState): Promise<void> {
  return replaceRunFile(folder, RunFile.hunt, `${JSON.stringify(state, null, 2)}\n`);
}

/** Reads what {@link saveHunt} kept. Errors: UsageError `no-hunt`. */
export function loadHunt(folder: string): Promise<HuntState> {
  return readRunFile(join(folder, RunFile.hunt), (text) => huntState.parse(JSON.parse(text)), {
    code: "no-hunt",
    message: `${folder} is no folder of a hunt`,
    hint: "a hunt names its folder when it starts: <results>/<time>-<target>-hunt",
  });
}
