import { describe, expect, test } from "vitest";
import { jsonProblem, MAX_VALUE_DEPTH } from "./json-value.ts";

/** An array of arrays of … */
function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

describe("jsonProblem", () => {
  test.each([
    [null],
    [true],
    [""],
    [0],
    [-0],
    [1.5],
    [2 ** 53 - 1],
    [1 - 2 ** 53],
    [[]],
    [[[1, "a", null]]],
    [{ a: { b: [] } }],
  ])("%j may stand in a history", (value) => {
    expect(jsonProblem(value)).toBeUndefined();
  });

  test.each([[2 ** 53], [-(2 ** 53)], [1e300], [Infinity], [-Infinity], [Number.NaN]])(
    "%d may not: other numbers look the same",
    (value) => {
      expect(jsonProblem(value)?.code).toBe("unsafe-number");
      expect(jsonProblem([0, { a: [value] }])?.code).toBe("unsafe-number");
    },
  );

  test("the two integers that a float cannot tell apart are both refused", () => {
    for (const text of ["9007199254740992", "9007199254740993"]) {
      expect(jsonProblem(JSON.parse(text))?.code).toBe("unsafe-number");
    }
  });

  test.each([
    ["undefined", undefined],
    ["bigint", 1n],
    ["function", () => 1],
    ["symbol", Symbol("x")],
    ["RegExp", /x/],
    ["Map", new Map()],
    ["Uint8Array", new Uint8Array(1)],
  ])("a value of type %s may not: JSON has no word for it", (name, value) => {
    expect(jsonProblem(value)).toMatchObject({
      code: "value-not-json",
      message: expect.stringContaining(name),
    });
    expect(jsonProblem({ a: [value] })?.code).toBe("value-not-json");
  });

  test("a hole in an array is refused", () => {
    expect(jsonProblem(new Array(1))?.code).toBe("value-not-json");
  });

  test("nesting is allowed up to a bound that no recursion minds", () => {
    expect(jsonProblem(nested(MAX_VALUE_DEPTH))).toBeUndefined();
    expect(jsonProblem(nested(MAX_VALUE_DEPTH + 1))?.code).toBe("value-too-deep");
    expect(jsonProblem(nested(1_000_000))?.code).toBe("value-too-deep");
  });
});
