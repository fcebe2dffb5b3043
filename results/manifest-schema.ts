import { z } from "zod";
import type { Json } from "../harness/history/index.ts";
import type { Manifest } from "./manifest.ts";
import { readRunFile } from "./read-run-file.ts";

const json: z.ZodType<Json> = z.json();
const text = z.record(z.string(), z.string());
const count = z.int().nonnegative();

const manifestSchema = z.object({
  schema: z.literal(1),
  runId: z.string(),
  startedAt: z.iso.datetime(),
  command: z.array(z.string()),
  seed: count,
  target: z.string(),
  environment: z.string(),
  targetOptions: text,
  workload: z.string(),
  workloadOptions: text,
  model: z.string(),
  consistency: z.string(),
  maxStaleness: z
    .object({ versions: count.exactOptional(), timeMs: z.number().nonnegative().exactOptional() })
    .exactOptional(),
  nodes: z.array(z.string()).min(1),
  concurrency: count,
  rateHz: count,
  // Manifests of earlier versions do not say: there were no bursts.
  burst: z.int().min(1).default(1),
  timeLimitNs: count,
  recoveryLimitNs: count,
  opTimeoutNs: count,
  faults: z.array(z.object({ kind: z.string(), variants: z.array(z.string()) })),
  schedule: z.array(
    z.object({
      timeNs: count,
      f: z.string(),
      value: z.object({
        fault: count,
        kind: z.string(),
        plan: json,
        momentary: z.literal(true).exactOptional(),
      }),
    }),
  ),
  script: z.object({ operations: count, kinds: z.array(z.string()), recovery: z.boolean() }).exactOptional(),
  waived: z.array(z.string()),
  versions: text,
  end: z
    .object({
      interrupted: z.boolean(),
      environmentProblem: z
        .object({ code: z.string(), message: z.string(), hint: z.string().exactOptional() })
        .nullable(),
    })
    .nullable(),
  git: z.object({ commit: z.string(), dirty: z.boolean() }).nullable(),
}) satisfies z.ZodType<Manifest>;

/**
 * Reads the manifest of a run's folder. Errors: UsageError `unreadable-manifest` where it is missing, no JSON
 * or lacks something.
 */
export function parseManifest(path: string): Promise<Manifest> {
  return readRunFile(path, (text) => manifestSchema.parse(JSON.parse(text)), {
    code: "unreadable-manifest",
    message: `${path} is no manifest of a run`,
    hint: "name the history file itself to check it without what the run set out to do: assay check FOLDER/history.jsonl",
  });
}
