export const NS_PER_US = 1_000;
export const NS_PER_MS = 1_000_000;
export const NS_PER_S = 1_000_000_000;

/** `1.204 s`: an instant of a run as people read it. */
export function formatSeconds(timeNs: number): string {
  return `${(timeNs / NS_PER_S).toFixed(3)} s`;
}
