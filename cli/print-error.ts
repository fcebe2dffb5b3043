import { AssayError, describeError } from "../harness/errors.ts";
import { ExitCode } from "../harness/exit-codes.ts";
import type { Surroundings } from "./command.ts";
import type { Console } from "./console.ts";

/** Errors as `--json` shows them: on stdout, in the place of a result. */
export function printErrorAsJson(
  console: Console,
  { code, message, hint }: { code: string; message: string; hint?: string | undefined },
): void {
  console.out(JSON.stringify({ error: { code, message, hint: hint ?? null } }, null, 2));
}

/** Tells people, and programs with --json, what went wrong; the exit code. What is no AssayError is a bug of ours. */
export function printError(error: unknown, { console, argv, env }: Surroundings): ExitCode {
  const known = error instanceof AssayError && error.exitCode !== ExitCode.bug ? error : undefined;
  const message = known?.message ?? describeError(error);
  const hint = known
    ? known.hint
    : `this is a bug in assay, please report it with this command line: assay ${argv.join(" ")}`;
  if (argv.includes("--json")) printErrorAsJson(console, { code: known?.code ?? "bug", message, hint });
  console.err(`assay: ${message}`);
  if (hint !== undefined) console.err(`  ${hint.replaceAll("\n", "\n  ")}`);
  if (env["ASSAY_DEBUG"] && error instanceof Error) console.err(error.stack ?? "");
  else if (known === undefined) console.err("  ASSAY_DEBUG=1 shows where it happened");
  return known?.exitCode ?? ExitCode.bug;
}
