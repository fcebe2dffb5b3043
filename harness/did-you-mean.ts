import { closest, distance } from "fastest-levenshtein";

/** `did you mean x? ` where a known name is near enough to be meant, else nothing. */
export function didYouMean(given: string, names: readonly string[]): string {
  if (names.length === 0) return "";
  const nearest = closest(given, names);
  return distance(given, nearest) <= Math.max(2, given.length / 3) ? `did you mean ${nearest}? ` : "";
}
