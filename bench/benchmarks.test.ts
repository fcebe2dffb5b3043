import { describe, expect, test } from "vitest";
import { renderTable } from "./benchmark.ts";
import { benchmarks } from "./benchmarks.ts";

describe.each(benchmarks)("the benchmark $name, small", ({ run }) => {
  test("runs and gives a table with the same columns in every row", { timeout: 60_000 }, async () => {
    const rows = await run("small");
    expect(rows.length).toBeGreaterThan(0);
    const columns = Object.keys(rows[0] ?? {});
    for (const row of rows) expect(Object.keys(row)).toEqual(columns);
    expect(renderTable(rows).split("\n")).toHaveLength(rows.length + 1);
  });
});
