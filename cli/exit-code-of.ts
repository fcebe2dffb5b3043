import type { EnvironmentError } from "../harness/errors.ts";
import { ExitCode } from "../harness/exit-codes.ts";
import type { Validity } from "../harness/ports/index.ts";

/**
 * The exit code of a verdict. A violation stands whatever broke besides; a broken environment says nothing of
 * consistency, so it outweighs everything else.
 */
export function exitCodeOf(validity: Validity, environmentError?: EnvironmentError): ExitCode {
  if (validity === "invalid") return ExitCode.invalid;
  if (environmentError !== undefined) return environmentError.exitCode;
  return ExitCode[validity];
}
