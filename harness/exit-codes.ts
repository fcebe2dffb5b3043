/** The exit codes of every command. Nothing else in the repository spells out a number. */
export const ExitCode = {
  valid: 0,
  invalid: 1,
  unknown: 2,
  thresholdFailed: 3,
  /** The environment or the target failed: nothing is said about consistency. */
  environment: 4,
  /** Wrong usage, or input that cannot be read. */
  usage: 64,
  /** A bug in assay. */
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
