import { AssayError } from "../harness/errors.ts";
import { ExitCode } from "../harness/exit-codes.ts";

type StopSignal = "SIGINT" | "SIGTERM";

const EXIT_CODES: Readonly<Record<StopSignal, ExitCode>> = {
  SIGINT: ExitCode.interrupted,
  SIGTERM: ExitCode.terminated,
};

export interface Signals {
  /** The exit code of a run that a signal ended; absent where none came. */
  readonly exitCode: ExitCode | undefined;
  /** Gives the signals back to their default meaning. */
  release(): void;
}

/** Calls back at the first signal; the second ends the process at once. */
export function onSignals(onFirst: (signal: StopSignal) => void): Signals {
  let exitCode: ExitCode | undefined;
  const handle = (signal: StopSignal): void => {
    if (exitCode !== undefined) process.exit(EXIT_CODES[signal]);
    exitCode = EXIT_CODES[signal];
    onFirst(signal);
  };
  process.on("SIGINT", handle);
  process.on("SIGTERM", handle);
  return {
    get exitCode() {
      return exitCode;
    },
    release() {
      process.off("SIGINT", handle);
      process.off("SIGTERM", handle);
    },
  };
}

/** Work that a signal ended before there was anything to show for it. */
export class InterruptedError extends AssayError {
  readonly exitCode: ExitCode;

  constructor(
    exitCode: ExitCode,
    cause: unknown,
    message = "interrupted before the load began; nothing was recorded",
  ) {
    super({ code: "interrupted", message, cause });
    this.exitCode = exitCode;
  }
}
