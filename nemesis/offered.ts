import { EnvironmentError } from "../harness/errors.ts";
import type { Unavailable } from "../harness/ports/index.ts";

/**
 * The capability, which must be there: a run asks before it starts.
 * Errors: {@link EnvironmentError} `fault-unavailable`.
 */
export function offered<C extends object>(capability: C | Unavailable): C {
  if ("unavailable" in capability) {
    throw new EnvironmentError({
      code: "fault-unavailable",
      message: capability.unavailable,
      hint: capability.hint,
    });
  }
  return capability;
}
