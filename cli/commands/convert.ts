import { stat } from "node:fs/promises";
import type { Writable } from "node:stream";
import { UsageError } from "../../harness/errors.ts";
import { ExitCode } from "../../harness/exit-codes.ts";
import { outputExists, writeHistory, writeHistoryStream } from "../../harness/history/files.ts";
import { formats, type HistoryFormat } from "../../harness/history/index.ts";
import { type CommandOptions, command, jsonOption } from "../command.ts";
import { oneOf } from "../parse.ts";
import { type ReadSource, readOptions, readOptionsOf, readSource } from "../read-source.ts";
import { isReaderGone } from "../reader-gone.ts";
import { InterruptedError, onSignals } from "../signals.ts";

const STDOUT = "-";
const writable = formats.filter((format) => format.formatEvent !== undefined);

const convertOptions = {
  to: {
    flags: "--to <format>",
    description: `the format to write: ${writable.map(({ name }) => name).join(" or ")}`,
    parse: oneOf(
      "format",
      writable.map(({ name }) => name),
    ),
    defaultNote: "edn where <out> ends in .edn or .edn.gz, else jsonl",
  },
  force: { flags: "--force", description: "write over a file that is there" },
  ...readOptions,
  ...jsonOption,
} as const satisfies CommandOptions;

export const convert = command({
  name: "convert",
  summary: "write a history in another format",
  details: `Reads whatever assay check reads, and writes it as JSON lines or EDN, gzip where <out> ends in .gz. <out> gets its name
when all of it is written; a conversion that fails leaves nothing behind.

Examples:
  assay convert store/latest/history.edn history.jsonl.gz
  assay convert assay-results/latest history.edn
  assay convert history.txt - | head`,
  arguments: [
    { syntax: "<in>", description: "a history file, the folder of a run, or - for standard input" },
    { syntax: "<out>", description: "the file to write, or - for standard output" },
  ],
  options: convertOptions,
  async run([input = "", output = ""], options, surroundings) {
    const { console, stdout } = surroundings;
    if (output === STDOUT && options.json) {
      throw new UsageError({
        code: "contradicting-options",
        message: "--json and the history would both go to standard output",
        hint: "name a file to write, or leave --json out",
      });
    }
    const format = formatFor(output, options.to);
    if (output !== STDOUT) await refuseOutput(output, options.force);
    const source = await readSource(input, readOptionsOf(options), surroundings);
    for (const { message } of source.warnings) console.err(`assay: ${message}`);
    if (output === STDOUT) await writeOut(stdout, source, format);
    else await writeFile(output, source, format, options.force);
    const { history } = source;
    const result = {
      in: input,
      out: output,
      from: source.format,
      to: format.name,
      operations: history.length,
      events: history.eventCount,
      warnings: source.warnings.map(({ message }) => message),
    };
    if (options.json) console.out(JSON.stringify(result, null, 2));
    else if (output !== STDOUT) {
      console.out(
        `${output}: ${history.eventCount} events of ${history.length === 1 ? "one operation" : `${history.length} operations`} (${source.format} → ${format.name})`,
      );
    }
    return ExitCode.valid;
  },
});

function formatFor(output: string, to: string | undefined): HistoryFormat {
  const name = to ?? (/\.edn(?:\.gz)?$/.test(output) ? "edn" : "jsonl");
  return writable.find((format) => format.name === name) as HistoryFormat;
}

/** Says before a large file is read what would be said after it. */
async function refuseOutput(path: string, force: boolean): Promise<void> {
  // Whatever else is wrong with the path, writing to it says so.
  const existing = await stat(path).catch(() => undefined);
  if (existing === undefined) return;
  if (!existing.isFile()) {
    throw new UsageError({
      code: "no-file",
      message: `${path} is ${existing.isDirectory() ? "a folder" : "no plain file"}`,
      hint: "name the file to write, or - for standard output",
    });
  }
  if (!force) throw outputExists(path);
}

async function writeOut(stdout: Writable, { history }: ReadSource, format: HistoryFormat): Promise<void> {
  try {
    await writeHistoryStream(stdout, history, format);
  } catch (error) {
    if (!isReaderGone(error)) throw error;
  }
}

/** A signal while the file is written takes back what there is of it. */
async function writeFile(
  path: string,
  { history }: ReadSource,
  { formatEvent }: HistoryFormat,
  force: boolean,
): Promise<void> {
  const abort = new AbortController();
  const signals = onSignals(() => abort.abort());
  try {
    await writeHistory(path, history, { formatEvent, keepExisting: !force, signal: abort.signal });
  } catch (error) {
    if (signals.exitCode === undefined) throw error;
    throw new InterruptedError(signals.exitCode, error, `interrupted; ${path} was not written`);
  } finally {
    signals.release();
  }
}
