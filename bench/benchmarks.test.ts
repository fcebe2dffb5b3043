import { describe, expect, test } from "vitest";
import { type Benchmark, OWN_SUBJECT, renderTable } from "./benchmark.ts";
import { benchmarks } from "./benchmarks.ts";
import { bugMatrix } from "./bug-matrix.ts";
import { slope } from "./scaling.ts";

/** Those that have a test of their own, or need the built program. */
const elsewhere = (benchmark: Benchmark) => benchmark === bugMatrix || benchmark.needsBuild === true;

describe.each(benchmarks.filter((benchmark) => !elsewhere(benchmark)))(
  "the benchmark $name, small",
  ({ run }) => {
    test("runs and gives a table with the same columns in every row", { timeout: 60_000 }, async () => {
      const rows = await run("small", OWN_SUBJECT);
      expect(rows.length).toBeGreaterThan(0);
      const columns = Object.keys(rows[0] ?? {});
      for (const row of rows) expect(Object.keys(row)).toEqual(columns);
      expect(renderTable(rows).split("\n")).toHaveLength(rows.length + 1);
    });
  },
);

test("the slope of a fit is the exponent of the growth", () => {
  const points = (exponent: number) =>
    [10, 100, 1000].map((operations) => ({ operations, ms: 3 * operations ** exponent }));
  expect(slope(points(1))).toBeCloseTo(1);
  expect(slope(points(2))).toBeCloseTo(2);
  expect(
    slope([
      { operations: 10, ms: 1 },
      { operations: 100, ms: 20 },
      { operations: 1000, ms: 100 },
    ]),
  ).toBeCloseTo(1);
});
