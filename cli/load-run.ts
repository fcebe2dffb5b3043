import { join } from "node:path";
import type { ScriptedOperation } from "../harness/generator/index.ts";
import { readHistory } from "../harness/history/files.ts";
import type { Manifest } from "../results/manifest.ts";
import { parseManifest } from "../results/manifest-schema.ts";
import { RunFile } from "../results/run-folder.ts";
import { readScript } from "../results/script-file.ts";
import { recordedOperations } from "./script-of-history.ts";

/** What is kept of a run, as far as it is needed to run it again. */
export interface LoadedRun {
  readonly folder: string;
  readonly manifest: Manifest;
  /** The recorded load that its clients repeated, where they did. */
  readonly operations: readonly ScriptedOperation[] | undefined;
}

/** Reads a run's folder. Errors: UsageError `unreadable-manifest`, `unreadable-script`. */
export async function loadRun(folder: string): Promise<LoadedRun> {
  const manifest = await parseManifest(join(folder, RunFile.manifest));
  const operations =
    manifest.script === undefined ? undefined : await readScript(join(folder, RunFile.script));
  return { folder, manifest, operations };
}

/** What clients did under load, as it is repeated elsewhere. Errors: UsageError where the history cannot be read. */
export async function loadOf({
  folder,
  manifest,
  operations,
}: LoadedRun): Promise<readonly ScriptedOperation[]> {
  if (operations !== undefined) return operations;
  const { history } = await readHistory(join(folder, RunFile.history));
  return recordedOperations(history, manifest.concurrency).load;
}
