import { hostname } from "node:os";
import type { Labels } from "./engine.ts";

/** On everything that assay makes: the id of the run that made it. */
export const RUN_LABEL = "assay";
/** The process that will remove it: `<hostname>/<pid>`. */
const OWNER_LABEL = "assay.owner";

export interface Owner {
  readonly host: string;
  readonly pid: number;
}

export function thisProcess(): Owner {
  return { host: hostname(), pid: process.pid };
}

export function runLabels(runId: string, owner: Owner = thisProcess()): Labels {
  return { [RUN_LABEL]: runId, [OWNER_LABEL]: `${owner.host}/${owner.pid}` };
}

/** Who owns a thing with these labels; nothing where they do not say. */
export function ownerOf(labels: Labels): Owner | undefined {
  const match = /^(.+)\/(\d+)$/.exec(labels[OWNER_LABEL] ?? "");
  return match === null ? undefined : { host: match[1] as string, pid: Number(match[2]) };
}

/** The name of one thing of a run. Docker allows letters, digits, `_`, `.` and `-`. */
export function resourceName(runId: string, part: string): string {
  return `assay-${runId}-${part}`.replace(/[^a-zA-Z0-9_.-]/g, "-");
}
