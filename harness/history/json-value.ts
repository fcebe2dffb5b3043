/** Deeper values are refused: checkers and writers may walk values by recursion. */
export const MAX_VALUE_DEPTH = 100;

export interface JsonProblem {
  readonly code: "unsafe-number" | "value-too-deep" | "value-not-json";
  readonly message: string;
  readonly hint: string;
}

/**
 * What keeps a value out of a history, if anything does: numbers that cannot be told apart, nesting beyond
 * {@link MAX_VALUE_DEPTH}, or something that JSON has no word for.
 *
 * A 64-bit float holds integers exactly up to 2^53 - 1. Beyond it two different integers of a store become one here,
 * and a lost update would look like a correct read: such a value is refused rather than judged.
 *
 * Cost: O(size of the value).
 */
export function jsonProblem(value: unknown, depth = 0): JsonProblem | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? undefined : numberProblem(value);
  if (typeof value === "string" || typeof value === "boolean" || value === null) return undefined;
  if (typeof value !== "object") return notJson(typeof value);
  if (depth === MAX_VALUE_DEPTH) {
    return {
      code: "value-too-deep",
      message: `a value is nested deeper than ${MAX_VALUE_DEPTH} levels`,
      hint: "record values flat, or as one string",
    };
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const problem = jsonProblem(value[i], depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return notJson(value.constructor.name);
  for (const member of Object.values(value)) {
    const problem = jsonProblem(member, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function numberProblem(value: number): JsonProblem | undefined {
  if (Number.isFinite(value) && !Number.isInteger(value)) return undefined;
  return {
    code: "unsafe-number",
    message: `the number ${value} lies outside ±(2^53 - 1), where different integers become equal`,
    hint: "record large integers as strings, so that different values stay different",
  };
}

function notJson(kind: string): JsonProblem {
  return {
    code: "value-not-json",
    message: `a value of type ${kind} has no place in JSON`,
    hint: "use null, booleans, numbers, strings, arrays and plain objects",
  };
}
