import { UsageError } from "../errors.ts";

/** Refuses what is no count. Errors: {@link UsageError} `bad-generator`. */
export function requireCount(owner: string, what: string, count: number): void {
  if (count === Number.POSITIVE_INFINITY || (Number.isSafeInteger(count) && count >= 0)) return;
  throw new UsageError({
    code: "bad-generator",
    message: `${owner} takes ${what} as a whole number of at least 0, not ${count}`,
  });
}

/** Refuses what is no duration. Errors: {@link UsageError} `bad-generator`. */
export function requireDuration(owner: string, durationNs: number): void {
  if (durationNs >= 0 && Number.isFinite(durationNs)) return;
  throw new UsageError({
    code: "bad-generator",
    message: `${owner} takes a finite duration of at least 0 ns, not ${durationNs}`,
  });
}
