import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describeError } from "../../harness/errors.ts";
import { processEntry, signalGroup } from "./process-table.ts";

/** The file of a run's folder that names the processes of its nodes, so that they can be ended after a kill of assay. */
export const CHILDREN_FILE = "children.jsonl";

/** One process that a run started, and the process of assay that is to end it: a line of the file. */
interface ChildRecord {
  readonly node: string;
  readonly pid: number;
  /** See `ProcessEntry.started`. */
  readonly started: string;
  readonly host: string;
  readonly owner: { readonly pid: number; readonly started: string };
}

/** Writes down each process as it starts. `onFailure`: told where that cannot be done. */
export function childRecorder(
  folder: string,
  onFailure: (message: string) => void,
): (child: Pick<ChildRecord, "node" | "pid" | "started">) => void {
  const owner = { pid: process.pid, started: processEntry(process.pid)?.started ?? "" };
  const path = join(folder, CHILDREN_FILE);
  return (child) => {
    const record: ChildRecord = { ...child, host: hostname(), owner };
    try {
      appendFileSync(path, `${JSON.stringify(record)}\n`);
    } catch (error) {
      onFailure(`${path} cannot be written: ${describeError(error)}`);
    }
  };
}

/** What became of the processes that runs left behind. */
export interface ProcessLeftovers {
  readonly ended: readonly { readonly folder: string; readonly node: string; readonly pid: number }[];
  readonly kept: readonly {
    readonly folder: string;
    readonly node: string;
    readonly pid: number;
    readonly reason: string;
  }[];
}

/**
 * Ends the nodes' processes of runs whose own process is dead, in the run folders of `parent`, with whatever they started.
 * A process is ended only where its id and its start are those written down. Where the process of a run lives, its nodes
 * are left alone, unless `force`. Processes of another machine are none of ours.
 */
export function endLeftoverProcesses(parent: string, { force }: { force: boolean }): ProcessLeftovers {
  const ended: ProcessLeftovers["ended"][number][] = [];
  const kept: ProcessLeftovers["kept"][number][] = [];
  for (const folder of foldersIn(parent)) {
    const records = recordsIn(folder);
    let left = 0;
    for (const { node, pid, started, host, owner } of records) {
      if (host !== hostname() || !isThere(pid, started)) continue;
      const alive = isThere(owner.pid, owner.started);
      if (alive && !force) {
        left++;
        kept.push({ folder, node, pid, reason: `its run is alive, as process ${owner.pid}` });
        continue;
      }
      // One that is stopped hears nothing else.
      signalGroup(pid, "SIGKILL");
      ended.push({ folder, node, pid });
    }
    if (records.length > 0 && left === 0) forget(folder);
  }
  return { ended, kept };
}

function isThere(pid: number, started: string): boolean {
  const entry = processEntry(pid);
  return entry !== undefined && entry.state !== "ended" && entry.started === started;
}

function foldersIn(parent: string): string[] {
  try {
    return readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(parent, entry.name));
  } catch {
    // No folder of runs: nothing was left in it.
    return [];
  }
}

function recordsIn(folder: string): readonly ChildRecord[] {
  try {
    return readFileSync(join(folder, CHILDREN_FILE), "utf8").split("\n").flatMap(recordOf);
  } catch {
    // A run without child processes.
    return [];
  }
}

/** A line that a kill cut short names no process. */
function recordOf(line: string): readonly ChildRecord[] {
  try {
    const { node, pid, started, host, owner } = JSON.parse(line) as Partial<ChildRecord>;
    if (typeof pid !== "number" || !started || !node || !host || typeof owner?.pid !== "number") return [];
    return [{ node, pid, started, host, owner }];
  } catch {
    return [];
  }
}

function forget(folder: string): void {
  try {
    writeFileSync(join(folder, CHILDREN_FILE), "");
  } catch {
    // It is asked again the next time, and finds the same processes gone.
  }
}
