import { AssayError } from "../../harness/errors.ts";
import type { Engine, LabelledResource } from "./engine.ts";
import { type Owner, ownerOf, RUN_LABEL, thisProcess } from "./labels.ts";
import { type Removed, removeRun } from "./removal.ts";

export interface RemovedRun extends Removed {
  readonly runId: string;
}

interface KeptRun {
  readonly runId: string;
  /** Why it was left alone. */
  readonly reason: string;
}

interface Leftovers {
  readonly removed: readonly RemovedRun[];
  readonly kept: readonly KeptRun[];
}

/**
 * Removes the containers, networks and volumes of runs whose process is dead, as after a SIGKILL. A run whose process
 * lives, or belongs to another machine that uses the same engine, is left alone, unless `force`.
 */
export async function cleanLeftovers(engine: Engine, { force }: { force: boolean }): Promise<Leftovers> {
  const { containers, networks, volumes } = await engine.labelled(RUN_LABEL);
  const things = [...containers, ...networks, ...volumes];
  const removed: RemovedRun[] = [];
  const kept: KeptRun[] = [];
  for (const [runId, owned] of byRun(things)) {
    const reason = force ? undefined : reasonToKeep(owned);
    if (reason !== undefined) {
      kept.push({ runId, reason });
      continue;
    }
    try {
      removed.push({ runId, ...(await removeRun(engine, runId)) });
    } catch (error) {
      if (!(error instanceof AssayError) || error.code !== "cleanup-failed") throw error;
      // One stubborn run must not keep the rest alive.
      kept.push({ runId, reason: error.message });
    }
  }
  return { removed, kept };
}

/** The pieces of a row of leftovers as one line for people; nothing where there were none. */
export function describeRemoved(removed: readonly RemovedRun[]): string | undefined {
  if (removed.length === 0) return undefined;
  const sum = (count: (run: RemovedRun) => number) => removed.reduce((total, run) => total + count(run), 0);
  const pieces = [
    `${sum((run) => run.containers)} containers`,
    `${sum((run) => run.networks)} networks`,
    `${sum((run) => run.volumes)} volumes`,
  ];
  return `removed what ${removed.map((run) => `run ${run.runId}`).join(", ")} left behind: ${pieces.join(", ")}`;
}

/** Why a run's things may not be removed; nothing where they may. */
function reasonToKeep(things: readonly LabelledResource[]): string | undefined {
  const owner = ownerOf(things[0]?.labels ?? {});
  if (owner === undefined) return "its labels do not say whose it is";
  if (owner.host !== thisProcess().host) return `it belongs to process ${owner.pid} on ${owner.host}`;
  return isAlive(owner) ? `its process ${owner.pid} is alive` : undefined;
}

function isAlive({ pid }: Owner): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, as another user.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

function byRun(things: readonly LabelledResource[]): Map<string, LabelledResource[]> {
  const runs = new Map<string, LabelledResource[]>();
  for (const thing of things) {
    const runId = thing.labels[RUN_LABEL] ?? "";
    runs.set(runId, [...(runs.get(runId) ?? []), thing]);
  }
  return runs;
}
