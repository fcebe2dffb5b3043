import { createModel } from "../../checkers/index.ts";
import { UsageError } from "../../harness/errors.ts";
import { formats } from "../../harness/history/index.ts";
import { renderLinearizations } from "../../results/linearizations.ts";
import { renderReport } from "../../results/report.ts";
import { type CheckRequest, checkFile } from "../check-file.ts";
import { checkSeveral } from "../check-several.ts";
import { type CommandOptions, command, jsonOption, type ValuesOf } from "../command.ts";
import { exitCodeOf } from "../exit-code-of.ts";
import { consistencies, evidenceCodes, models } from "../judging.ts";
import { modelOptions } from "../model-options.ts";
import { oneOf, staleness, text } from "../parse.ts";
import { readOptions, readOptionsOf, STDIN } from "../read-source.ts";
import { budgetOf, budgetOptions, workersOf } from "../run-options.ts";

const checkOptions = {
  ...modelOptions,
  ...readOptions,
  consistency: {
    flags: "--consistency <name>",
    description: "the consistency model to judge",
    parse: text,
    defaultNote: "the run's, or linearizable",
  },
  maxStaleness: {
    flags: "--max-staleness <bound>",
    description:
      "how stale a read may be, for k-atomic (3: one of the last 3 values) and delta-atomic (500ms)",
    parse: staleness,
    defaultNote: "the run's, or none",
  },
  waive: {
    flags: "--waive <code>",
    description: "evidence to do without; may be repeated",
    parse: oneOf("evidence", evidenceCodes),
    repeatable: true,
  },
  ...budgetOptions,
  witness: {
    flags: "--witness",
    description:
      "also print an order of the operations that explains every answer, for each key that has one",
  },
  porcelain: { flags: "--porcelain", description: "print one line a file, for scripts: file, tab, verdict" },
  ...jsonOption,
} as const satisfies CommandOptions;

export const check = command({
  name: "check",
  summary: "judge recorded histories",
  details: `Reads histories, plain or gzip, or the folder of a run, also of one that was killed. The content tells the format:
${formats.map(({ name, description }) => `  ${name}: ${description}`).join("\n")}

Examples:
  assay check history.jsonl --model cas-register
  assay check assay-results/latest
  assay check history.edn --model cas-register --init 0 --nil-reads unknown
  assay check store/*/history.edn --model register --porcelain
  zcat history.edn.gz | assay check - --model register

Exit codes: 0 valid, 1 invalid, 2 unknown, 64 input that cannot be read. Of several files: 64 where one of them cannot be
read, else 1 where one is invalid, else 2 where one is unknown.`,
  arguments: [
    { syntax: "<file...>", description: "history files, folders of runs, or - for standard input" },
  ],
  options: checkOptions,
  async run(args, options, surroundings) {
    const { console } = surroundings;
    const paths = args.filter((path) => path !== undefined);
    const request = requestOf(options);
    refuseContradiction(paths, options);
    if (options.porcelain) return checkSeveral(paths, request, "porcelain", surroundings);
    const [path, ...more] = paths;
    if (path === undefined || more.length > 0) {
      return checkSeveral(paths, request, options.json ? "json" : "people", surroundings);
    }
    const { verdict, manifest, history } = await checkFile(path, request, surroundings);
    if (options.json) console.out(JSON.stringify({ file: path, verdict }, null, 2));
    else {
      console.out(renderReport(verdict, { manifest, path }).trimEnd());
      if (options.witness) console.out(renderLinearizations(verdict, history).trimEnd());
    }
    return exitCodeOf(verdict.validity);
  },
});

/** What is asked of every file. What is wrong with that is told once, before any is read. */
function requestOf(options: ValuesOf<typeof checkOptions>): CheckRequest {
  const { model, init, failedCas, nilReads, consistency, maxStaleness } = options;
  const meaning = {
    ...(init === undefined ? {} : { init }),
    ...(failedCas === undefined ? {} : { failedCas }),
    ...(nilReads === undefined ? {} : { nilReads }),
  };
  if (model !== undefined) createModel(oneOf("model", Object.keys(models))(model, "--model"), meaning);
  if (consistency !== undefined)
    oneOf("consistency", Object.keys(consistencies))(consistency, "--consistency");
  return {
    model,
    consistency,
    meaning,
    ...(maxStaleness === undefined ? {} : { maxStaleness }),
    budget: budgetOf(options),
    allKeys: options.allKeys,
    witness: options.witness,
    workers: workersOf(options),
    waived: options.waive,
    reading: readOptionsOf(options),
  };
}

function refuseContradiction(paths: readonly string[], options: ValuesOf<typeof checkOptions>): void {
  if (options.porcelain && options.json) {
    throw new UsageError({
      code: "contradicting-options",
      message: "--porcelain and --json both say what is printed",
      hint: "give one of them",
    });
  }
  if (options.porcelain && options.witness) {
    throw new UsageError({
      code: "contradicting-options",
      message: "--porcelain prints one line a file, and has no place for what --witness asks for",
      hint: "leave one of them out, or take --json",
    });
  }
  if (paths.filter((path) => path === STDIN).length > 1) {
    throw new UsageError({
      code: "stdin-twice",
      message: "standard input (-) is named more than once, and can be read only once",
      hint: "a file of that name is ./-",
    });
  }
}
