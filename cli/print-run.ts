import type { Console } from "./console.ts";
import type { RunResult } from "./execute-run.ts";

/** Prints what a run came to: the report for people, or one JSON object. */
export function printRun(result: RunResult, json: boolean, console: Console): void {
  if (json) {
    const { manifest, shownFolder: folder, verdict, exitCode } = result;
    console.out(JSON.stringify({ folder, exitCode, seed: manifest.seed, verdict }, null, 2));
  } else {
    console.out(result.report.trimEnd());
  }
  if (result.environmentError !== undefined) {
    console.err(`assay: ${result.environmentError.message}`);
    if (result.environmentError.hint !== undefined) console.err(`  ${result.environmentError.hint}`);
  }
}
