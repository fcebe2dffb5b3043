import type { MaxStaleness } from "../checkers/consistencies.ts";
import type { ModelOptions } from "../checkers/index.ts";
import { UsageError } from "../harness/errors.ts";
import type { History, ReadOptions } from "../harness/history/index.ts";
import type { Budget } from "../harness/ports/index.ts";
import type { Manifest } from "../results/manifest.ts";
import type { Verdict } from "../results/verdict.ts";
import type { Surroundings } from "./command.ts";
import { judge } from "./judge.ts";
import { consistencies, models } from "./judging.ts";
import { loadHistory } from "./load-history.ts";
import { oneOf } from "./parse.ts";

/** What is asked of every file; what is left open, the run of the file says. */
export interface CheckRequest {
  readonly model: string | undefined;
  readonly consistency: string | undefined;
  readonly meaning: ModelOptions;
  readonly maxStaleness?: MaxStaleness;
  readonly budget: Budget;
  readonly allKeys: boolean;
  readonly witness: boolean;
  readonly workers: number;
  readonly waived: readonly string[];
  readonly reading: ReadOptions;
}

export interface CheckedFile {
  readonly path: string;
  readonly verdict: Verdict;
  readonly manifest: Manifest | undefined;
  readonly history: History;
}

/** Reads a file, or the folder of a run, and decides it. */
export async function checkFile(
  path: string,
  request: CheckRequest,
  surroundings: Pick<Surroundings, "stdin">,
): Promise<CheckedFile> {
  const { history, warnings, run } = await loadHistory(path, request.reading, surroundings);
  const manifest = run?.manifest;
  const maxStaleness = request.maxStaleness ?? manifest?.maxStaleness;
  const verdict = await judge(history, {
    model: modelName(request.model ?? manifest?.model, history),
    consistency: oneOf("consistency", Object.keys(consistencies))(
      request.consistency ?? manifest?.consistency ?? "linearizable",
      "--consistency",
    ),
    meaning: request.meaning,
    ...(maxStaleness === undefined ? {} : { maxStaleness }),
    budget: request.budget,
    allKeys: request.allKeys,
    witness: request.witness,
    workers: request.workers,
    expectations: run?.expectations ?? null,
    waived: new Set([...(manifest?.waived ?? []), ...request.waived]),
    interrupted: manifest?.end?.interrupted ?? false,
    environmentProblem: manifest?.end?.environmentProblem ?? null,
    warnings,
  });
  return { path, verdict, manifest, history };
}

function modelName(given: string | undefined, history: History): string {
  if (given !== undefined) return oneOf("model", Object.keys(models))(given, "--model");
  throw new UsageError({
    code: "no-model",
    message: "a history file does not say what its operations mean",
    hint: modelHint(history),
  });
}

/** The models that know all of a history's operations. To choose among them is up to who knows the store. */
function modelHint({ columns, names }: History): string {
  const used = new Set<string>();
  columns.f.forEach((f, row) => {
    if ((columns.process[row] as number) >= 0) used.add(names.functions[f] as string);
  });
  const fitting = Object.entries(models)
    .filter(([, { operations }]) => [...used].every((f) => Object.hasOwn(operations, f)))
    .map(([name]) => name);
  if (fitting.length === 0 || used.size === 0) {
    return `name the model: --model ${Object.keys(models).join("|")}`;
  }
  const operations = [...used].sort().join(", ");
  return `name the model; its operations (${operations}) are known to: --model ${fitting.join("|")}`;
}
