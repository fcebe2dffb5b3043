import { join } from "node:path";
import type { History, ReadOptions } from "../harness/history/index.ts";
import type { Manifest } from "../results/manifest.ts";
import { parseManifest } from "../results/manifest-schema.ts";
import { RunFile } from "../results/run-folder.ts";
import type { Surroundings } from "./command.ts";
import { readSource } from "./read-source.ts";

export interface LoadedHistory {
  readonly history: History;
  readonly warnings: readonly string[];
  /** What the run set out to do; absent where the history stands alone. */
  readonly manifest: Manifest | undefined;
}

/** Reads a history file, standard input (`-`), or the history of a run's folder together with its manifest. */
export async function loadHistory(
  path: string,
  options: ReadOptions,
  surroundings: Pick<Surroundings, "stdin">,
): Promise<LoadedHistory> {
  const { history, warnings, folder } = await readSource(path, options, surroundings);
  return {
    history,
    warnings: warnings.map((warning) => warning.message),
    manifest: folder === undefined ? undefined : await parseManifest(join(folder, RunFile.manifest)),
  };
}
