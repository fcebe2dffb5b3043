import { expect, test } from "vitest";
import { exitCodeOfSeveral } from "./check-several.ts";

test.each([
  [["valid", "valid"], 0],
  [["valid", "unknown", "valid"], 2],
  [["unknown", "invalid", "valid"], 1],
  [["valid", "error"], 64],
  [["invalid", "error", "unknown"], 64],
] as const)("files that are %j come to exit code %i", (words, expected) => {
  expect(exitCodeOfSeveral(words)).toBe(expected);
});
