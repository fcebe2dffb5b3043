import type { EnvironmentError } from "../harness/errors.ts";
import type { Reason } from "../harness/ports/index.ts";

/** What broke in the environment as it stands in manifests and verdicts. */
export function asReason(error: EnvironmentError | undefined): Reason | null {
  if (error === undefined) return null;
  const { code, message, hint } = error;
  return hint === undefined ? { code, message } : { code, message, hint };
}
