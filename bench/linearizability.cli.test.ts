import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { OWN_SUBJECT } from "./benchmark.ts";
import { writeGenerated } from "./generated-file.ts";

/** As it is built: it runs the program that lies beside it. */
const { linearizability } = (await import(
  pathToFileURL(resolve("dist/bench/linearizability.js")).href
)) as typeof import("./linearizability.ts");

test("the benchmark linearizability, small: every history comes out as it was generated", async () => {
  const rows = await linearizability.run("small", OWN_SUBJECT);
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) {
    expect(Object.keys(row)).toEqual([
      "history",
      "operations",
      "clients",
      "crashed",
      "verdict",
      "checker",
      "ms",
      "peak MB",
    ]);
    const expected = String(row["history"]).includes("violation") ? "invalid" : "valid";
    expect(row).toMatchObject({ operations: 60, clients: 2, crashed: 1, verdict: expected });
    expect(row["checker"]).not.toBe("");
    // A Node process has tens of megabytes; none at all would be a measurement that failed.
    expect(row["peak MB"]).toBeGreaterThan(10);
  }
});

test("it takes files too, as the command line does", async () => {
  const folder = mkdtempSync(join(tmpdir(), "assay-bench-test-"));
  try {
    const path = join(folder, "some.jsonl.gz");
    await writeGenerated(path, "cas-register, 5 values", { operations: 50, clients: 3, crashed: 2, seed: 7 });
    const { stdout } = await promisify(execFile)(process.execPath, [
      "dist/bench/main.js",
      "linearizability",
      path,
      "--model",
      "cas-register",
    ]);
    expect(stdout).toMatch(/some\.jsonl\.gz +50 +3 +2 +valid /);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
