#!/usr/bin/env node
import type { Surroundings } from "./command.ts";
import { systemConsole } from "./console.ts";
import { printError } from "./print-error.ts";
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
  process.exit(printError(error, surroundings));
});

try {
  process.exitCode = await runProgram(surroundings);
} catch (error) {
  process.exitCode = printError(error, surroundings);
}
