export const NS_PER_US = 1_000;
export const NS_PER_MS = 1_000_000;
export const NS_PER_S = 1_000_000_000;

const NS_PER_UNIT: Readonly<Record<string, number>> = {
  us: NS_PER_US,
  ms: NS_PER_MS,
  s: NS_PER_S,
  m: 60 * NS_PER_S,
  h: 3600 * NS_PER_S,
};

/** `1.204 s`: an instant of a run as people read it. */
export function formatSeconds(timeNs: number): string {
  return `${(timeNs / NS_PER_S).toFixed(3)} s`;
}

/**
 * The whole nanoseconds of `500us`, `5ms`, `30s`, `1.5s`, `2m` or `1h`. Strict: one number and one unit, without sign,
 * space or exponent. Anything else, or more than 2^53 - 1 ns, is undefined.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)$/.exec(text);
  if (match === null) return undefined;
  const durationNs = Math.round(Number(match[1]) * (NS_PER_UNIT[match[2] as string] as number));
  return Number.isSafeInteger(durationNs) ? durationNs : undefined;
}
