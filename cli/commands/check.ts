import { NS_PER_MS } from "../../harness/clock/index.ts";
import { UsageError } from "../../harness/errors.ts";
import { renderReport } from "../../results/report.ts";
import { type CommandOptions, command, jsonOption } from "../command.ts";
import { exitCodeOf } from "../exit-code-of.ts";
import { expectationsOf } from "../expectations.ts";
import { judge } from "../judge.ts";
import { loadHistory } from "../load-history.ts";
import { modelOptions } from "../model-options.ts";
import { oneOf, text } from "../parse.ts";
import { consistencies, evidenceCodes, models } from "../registries.ts";
import { budgetOptions, workersOf } from "../run-options.ts";

const checkOptions = {
  ...modelOptions,
  consistency: {
    flags: "--consistency <name>",
    description: "the consistency model to judge",
    parse: text,
    defaultNote: "the run's, or linearizable",
  },
  waive: {
    flags: "--waive <code>",
    description: "evidence to do without; may be repeated",
    parse: oneOf("evidence", evidenceCodes),
    repeatable: true,
  },
  ...budgetOptions,
  ...jsonOption,
} as const satisfies CommandOptions;

export const check = command({
  name: "check",
  summary: "judge a recorded history",
  details: `Reads history.jsonl (plain or gzip), or the folder of a run, also of one that was killed.

Examples:
  assay check history.jsonl --model cas-register
  assay check assay-results/latest
  assay check jepsen.jsonl --model cas-register --init 0 --nil-reads unknown

Exit codes: 0 valid, 1 invalid, 2 unknown, 64 input that cannot be read.`,
  arguments: [{ syntax: "<file>", description: "a history file, or the folder of a run" }],
  options: checkOptions,
  async run([file = ""], options, { console }) {
    const { history, warnings, manifest } = await loadHistory(file);
    const verdict = await judge(history, {
      model: modelName(options.model ?? manifest?.model),
      consistency: oneOf("consistency", Object.keys(consistencies))(
        options.consistency ?? manifest?.consistency ?? "linearizable",
        "--consistency",
      ),
      meaning: {
        ...(options.init === undefined ? {} : { init: options.init }),
        ...(options.failedCas === undefined ? {} : { failedCas: options.failedCas }),
        ...(options.nilReads === undefined ? {} : { nilReads: options.nilReads }),
      },
      budget: { timeMs: options.budgetTime / NS_PER_MS, memoryBytes: options.budgetMemory },
      allKeys: options.allKeys,
      workers: workersOf(options),
      expectations: manifest === undefined ? null : expectationsOf(manifest),
      waived: new Set([...(manifest?.waived ?? []), ...options.waive]),
      interrupted: manifest?.end?.interrupted ?? false,
      environmentProblem: manifest?.end?.environmentProblem ?? null,
      warnings,
    });
    if (options.json) console.out(JSON.stringify({ file, verdict }, null, 2));
    else console.out(renderReport(verdict, { manifest, path: file }).trimEnd());
    return exitCodeOf(verdict.validity);
  },
});

function modelName(given: string | undefined): string {
  if (given !== undefined) return oneOf("model", Object.keys(models))(given, "--model");
  throw new UsageError({
    code: "no-model",
    message: "a history file does not say what its operations mean",
    hint: `name the model: --model ${Object.keys(models).join("|")}`,
  });
}
