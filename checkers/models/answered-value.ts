import type { ModelOperation } from "./model.ts";
import { sameJson } from "./same-json.ts";

/**
 * What was expected where a write (or a compare-and-set) was answered with another value than it was invoked with:
 * nobody knows then which of the two took effect. An answer without a value says nothing.
 */
export function answeredOtherwise({ type, input, output }: ModelOperation): string | undefined {
  if (type !== "ok" || output === undefined || output === null || sameJson(input, output)) return undefined;
  return `the value that it was invoked with, ${JSON.stringify(input)}, in its answer, not ${JSON.stringify(output)}`;
}
