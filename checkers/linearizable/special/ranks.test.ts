import { expect, test } from "vitest";
import { Random } from "../../../harness/clock/random.ts";
import { distinctAscending, rankIn } from "./ranks.ts";

test("numbers in ascending order, each once", () => {
  expect(distinctAscending(Float64Array.of(3, -1, 3, 2 ** 40, -1))).toEqual(Float64Array.of(-1, 3, 2 ** 40));
  expect(distinctAscending(new Float64Array(0))).toEqual(new Float64Array(0));
});

test("a number is found wherever the last one was, and the first of equal ones", () => {
  const random = new Random(2);
  for (const length of [0, 1, 2, 50]) {
    const ascending = Float64Array.from({ length }, () => random.int(40)).sort();
    const rank = rankIn(ascending);
    for (let round = 0; round < 500; round++) {
      const value = random.between(-2, 42);
      expect(rank(value)).toBe(ascending.indexOf(value));
    }
  }
});
