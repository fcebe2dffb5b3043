/**
 * The library's entry: everything with which somebody writes a target, a workload, a fault or a generator of their
 * own. The checkers are `assay/checkers`.
 */
export * from "./clock/index.ts";
export { AssayError, BugError, EnvironmentError, UsageError } from "./errors.ts";
export { ExitCode } from "./exit-codes.ts";
export * from "./generator/index.ts";
export { readHistory, readHistoryStream, writeHistory, writeHistoryStream } from "./history/files.ts";
export * from "./history/index.ts";
export { type InterpreterSetup, interpret } from "./interpreter/interpreter.ts";
export * from "./ports/index.ts";
export { type RunOutcome, run } from "./run/run.ts";
export type { RunSetup } from "./run/run-setup.ts";
export { StopRequest } from "./run/stop-request.ts";
