import { expect, test } from "vitest";
import { didYouMean } from "./did-you-mean.ts";

test.each([
  ["pratition", "did you mean partition? "],
  ["kil", "did you mean kill? "],
  ["Kill", "did you mean kill? "],
  ["partition-halves", ""],
  ["earthquake", ""],
])("for %s: %j", (given, said) => {
  expect(didYouMean(given, ["partition", "kill"])).toBe(said);
});

test("nothing where there are no names", () => {
  expect(didYouMean("kill", [])).toBe("");
});
