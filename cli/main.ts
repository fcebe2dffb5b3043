#!/usr/bin/env node
import { AssayError, describeError } from "../harness/errors.ts";
import { ExitCode } from "../harness/exit-codes.ts";
import type { Surroundings } from "./command.ts";
import { systemConsole } from "./console.ts";
import { runProgram } from "./program.ts";

const surroundings: Surroundings = {
  console: systemConsole(process.env),
  env: process.env,
  cwd: process.cwd(),
  argv: process.argv.slice(2),
};

// `assay list | head` closes the pipe early; that is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});
process.on("uncaughtException", (error) => {
  process.exit(report(error));
});

try {
  process.exitCode = await runProgram(surroundings);
} catch (error) {
  process.exitCode = report(error);
}

/** Tells people (and programs, with --json) what went wrong. Anything that is no AssayError is a bug of ours. */
function report(error: unknown): ExitCode {
  const { console, argv, env } = surroundings;
  const known = error instanceof AssayError ? error : undefined;
  const isBug = known === undefined || known.exitCode === ExitCode.bug;
  const hint = isBug
    ? `this is a bug in assay, please report it with this command line: assay ${argv.join(" ")}`
    : known.hint;
  if (argv.includes("--json")) {
    const code = known?.code ?? "bug";
    console.out(
      JSON.stringify({ error: { code, message: describeError(error), hint: hint ?? null } }, null, 2),
    );
  }
  console.err(`assay: ${isBug ? describeError(error) : known.message}`);
  if (hint !== undefined) console.err(`  ${hint.replaceAll("\n", "\n  ")}`);
  if (env["ASSAY_DEBUG"] && error instanceof Error) console.err(error.stack ?? "");
  else if (isBug) console.err("  ASSAY_DEBUG=1 shows where it happened");
  return known?.exitCode ?? ExitCode.bug;
}
