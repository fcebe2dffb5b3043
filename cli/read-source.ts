import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readHistory, readHistoryStream } from "../harness/history/files.ts";
import type { LoadedHistory, ReadOptions } from "../harness/history/index.ts";
import { RunFile } from "../results/run-folder.ts";
import type { CommandOptions, Surroundings } from "./command.ts";
import { oneOf } from "./parse.ts";

/** The path that means standard input. */
export const STDIN = "-";

/** A history as it was named on the command line. */
export interface ReadSource extends LoadedHistory {
  /** The folder of the run that it belongs to, where a folder was named. */
  readonly folder: string | undefined;
}

/** Reads a history file, the history of a run's folder, or standard input. */
export async function readSource(
  path: string,
  options: ReadOptions,
  { stdin }: Pick<Surroundings, "stdin">,
): Promise<ReadSource> {
  if (path === STDIN) {
    return { ...(await readHistoryStream(stdin, "standard input", options)), folder: undefined };
  }
  // Whatever else is wrong with the path, reading it says so.
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  const file = isFolder ? join(path, RunFile.history) : path;
  return { ...(await readHistory(file, options)), folder: isFolder ? path : undefined };
}

/** For every command that reads files of other tools. */
export const readOptions = {
  independent: {
    flags: "--independent <answer>",
    description:
      "whether values [key value] of EDN and Jepsen text are keys and values of jepsen.independent",
    parse: oneOf<"yes" | "no">("answer", ["yes", "no"]),
    defaultNote: "where every operation of a client has such a value",
  },
} as const satisfies CommandOptions;

/** The options of {@link readOptions} as a reader takes them. */
export function readOptionsOf({ independent }: { independent: "yes" | "no" | undefined }): ReadOptions {
  return independent === undefined ? {} : { independent: independent === "yes" };
}
