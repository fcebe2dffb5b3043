import { describe, expect, test } from "vitest";
import type { Json } from "../../harness/history/index.ts";
import { answeredOtherwise } from "./answered-value.ts";
import { createModel } from "./index.ts";

const write = (input: Json, output: Json) => ({ f: "write", input, output, type: "ok" }) as const;

describe("a write", () => {
  test.each([
    [1, 1],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [1, null],
  ])("of %j that answers %j took effect as it was asked for", (input, output) => {
    expect(answeredOtherwise(write(input, output))).toBeUndefined();
  });

  test.each([
    [1, 2],
    [null, 2],
  ])("of %j that answers %j cannot be judged, by any model of registers", (input, output) => {
    for (const name of ["register", "cas-register"]) {
      expect(createModel(name).misfit?.(write(input, output))).toContain(`not ${output}`);
    }
  });
});

test("an answer counts only where there is one", () => {
  expect(answeredOtherwise({ f: "write", input: 1, type: "info" })).toBeUndefined();
});
