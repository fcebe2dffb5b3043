import { EnvironmentError } from "../../harness/errors.ts";
import type { Engine, LabelledResource } from "./engine.ts";
import { tolerate } from "./engine-error.ts";
import { RUN_LABEL } from "./labels.ts";

/** How much was removed. */
export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
}

/**
 * Removes everything that a run made, in whatever state it is. Goes by the labels, so it finds what a start that
 * failed half-way left. Does nothing when there is nothing.
 * Errors: {@link EnvironmentError} `cleanup-failed`, after everything was tried.
 */
export async function removeRun(engine: Engine, runId: string): Promise<Removed> {
  const { containers, networks, volumes } = await engine.labelled(RUN_LABEL, runId);
  const failures: unknown[] = [];
  const remove = async (things: readonly LabelledResource[], how: (name: string) => Promise<void>) => {
    // 404: gone already.
    const results = await Promise.allSettled(things.map((thing) => tolerate(how(thing.name), 404)));
    failures.push(...results.flatMap((result) => (result.status === "rejected" ? [result.reason] : [])));
    return results.filter((result) => result.status === "fulfilled" && result.value).length;
  };
  // Containers hold on to their network and their volume.
  const removed = {
    containers: await remove(containers, engine.removeContainer),
    networks: await remove(networks, engine.removeNetwork),
    volumes: await remove(volumes, engine.removeVolume),
  };
  if (failures.length > 0) {
    throw new EnvironmentError({
      code: "cleanup-failed",
      message: `${failures.length} things of run ${runId} could not be removed`,
      hint: "run assay clean; assay clean --force removes what every run left",
      cause: new AggregateError(failures, ""),
    });
  }
  return removed;
}
