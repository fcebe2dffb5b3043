import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readHistory } from "../harness/history/files.ts";
import type { History } from "../harness/history/index.ts";
import type { Manifest } from "../results/manifest.ts";
import { parseManifest } from "../results/manifest-schema.ts";
import { RunFile } from "../results/run-folder.ts";

export interface LoadedHistory {
  readonly history: History;
  readonly warnings: readonly string[];
  /** What the run set out to do; absent where the history stands alone. */
  readonly manifest: Manifest | undefined;
}

/** Reads a history file, or the history of a run's folder together with its manifest. */
export async function loadHistory(path: string): Promise<LoadedHistory> {
  // Whatever else is wrong with the path, reading it says so.
  const folder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  const { history, warnings } = await readHistory(folder ? join(path, RunFile.history) : path);
  return {
    history,
    warnings: warnings.map((warning) => warning.message),
    manifest: folder ? await parseManifest(join(path, RunFile.manifest)) : undefined,
  };
}
