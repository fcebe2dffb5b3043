#!/usr/bin/env node
import { describeError } from "../harness/errors.ts";
import { ExitCode } from "../harness/exit-codes.ts";
import type { Surroundings } from "./command.ts";
import { systemConsole } from "./console.ts";
import { printError } from "./print-error.ts";
import { runProgram } from "./program.ts";
import { isReaderGone } from "./reader-gone.ts";

const surroundings: Surroundings = {
  console: systemConsole(process.env),
  env: process.env,
  cwd: process.cwd(),
  argv: process.argv.slice(2),
  // Asking for it opens it, which not every command should.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
};

let resultLost = false;
process.stdout.on("error", (error) => {
  if (isReaderGone(error) || resultLost) return;
  resultLost = true;
  process.exitCode = ExitCode.environment;
  surroundings.console.err(`assay: the result cannot be written to stdout: ${describeError(error)}`);
});
process.stderr.on("error", () => {
  // Progress can be done without, and there is nowhere left to say so.
});
process.on("uncaughtException", (error) => {
  process.exit(printError(error, surroundings));
});

let exitCode: ExitCode;
try {
  exitCode = await runProgram(surroundings);
} catch (error) {
  exitCode = printError(error, surroundings);
}
process.exitCode = resultLost ? ExitCode.environment : exitCode;
