import { join } from "node:path";
import type { EvidenceExpectations } from "../checkers/judge-evidence.ts";
import type { History, ReadOptions } from "../harness/history/index.ts";
import type { Manifest } from "../results/manifest.ts";
import { RunFile } from "../results/run-folder.ts";
import type { Surroundings } from "./command.ts";
import { readSource } from "./read-source.ts";

export interface LoadedHistory {
  readonly history: History;
  readonly warnings: readonly string[];
  /** Absent where the history stands alone. */
  readonly run: LoadedRun | undefined;
}

/** What a run set out to do. */
interface LoadedRun {
  readonly manifest: Manifest;
  readonly expectations: EvidenceExpectations;
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
    run: folder === undefined ? undefined : await loadRun(folder),
  };
}

/** A file alone needs neither targets nor schemas, and is checked the sooner for not loading them. */
async function loadRun(folder: string): Promise<LoadedRun> {
  const { parseManifest } = await import("../results/manifest-schema.ts");
  const { expectationsOf } = await import("./expectations.ts");
  const manifest = await parseManifest(join(folder, RunFile.manifest));
  return { manifest, expectations: expectationsOf(manifest) };
}
