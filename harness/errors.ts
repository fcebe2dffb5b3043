import { ExitCode } from "./exit-codes.ts";

interface ErrorDetails {
  /** Stable, kebab-case, for programs. */
  readonly code: string;
  /** What failed, on what, with numbers and units. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * The base of every error that assay raises on purpose. The three kinds never mix: a store that misbehaves is a
 * verdict and no error at all; a broken environment is an {@link EnvironmentError}; whatever else escapes is a bug.
 */
export abstract class AssayError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  abstract readonly exitCode: ExitCode;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.hint = details.hint;
  }
}

/** The command line, the configuration or an input file is wrong. */
export class UsageError extends AssayError {
  readonly exitCode: ExitCode = ExitCode.usage;
}

/** The machine, the engine, the network or the target's set-up failed; the store's consistency is untouched by it. */
export class EnvironmentError extends AssayError {
  readonly exitCode: ExitCode = ExitCode.environment;
}

/** An assumption inside assay did not hold. */
export class BugError extends AssayError {
  readonly exitCode: ExitCode = ExitCode.bug;
}

/** Throws {@link BugError} unless `condition` holds. Assertions stay on in production. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BugError({ code: "invariant", message });
}

/** The text of whatever was thrown, with the causes behind it, on one line. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = systemErrorCode(error);
  const own =
    code && !error.message.includes(code) ? `${error.message} (${code})` : error.message || error.name;
  if (error instanceof AggregateError && error.errors.length > 0 && error.message === "") {
    return error.errors.map(describeError).join("; ");
  }
  return error.cause === undefined ? own : `${own}: ${describeError(error.cause)}`;
}

/** The code that Node and the operating system give, such as ECONNREFUSED; codes of our own are not for people. */
function systemErrorCode(error: Error): string | undefined {
  const code = "code" in error ? error.code : undefined;
  return typeof code === "string" && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : undefined;
}
