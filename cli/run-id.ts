import { createHash } from "node:crypto";

/** A short name for the run, derived from what makes it unique: it labels what the run creates. */
export function makeRunId(startedAt: Date, seed: number, pid: number): string {
  return createHash("sha256").update(`${startedAt.toISOString()} ${seed} ${pid}`).digest("hex").slice(0, 10);
}
