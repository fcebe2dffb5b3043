import { describe, expect, test } from "vitest";
import { targets } from "../cli/registries.ts";
import { profileOf } from "../harness/ports/index.ts";
import { OWN_SUBJECT } from "./benchmark.ts";
import { bugMatrix } from "./bug-matrix.ts";

const variants = Object.values(targets).flatMap((target) =>
  (target.variants ?? []).map(({ name, options }) => ({ name, ...profileOf(target, options) })),
);

describe("the matrix of protocols, promises and bugs", () => {
  test("small: every promise is kept, what is lacking shows within 20 seeds, and every bug within 200", {
    timeout: 600_000,
  }, async () => {
    const rows = await bugMatrix.run("small", OWN_SUBJECT);
    expect(rows.filter(({ problem }) => problem !== "")).toEqual([]);
    const expected = variants.flatMap(({ promises, lacks, bugs }) => [
      ...promises,
      ...lacks,
      ...Object.keys(bugs),
    ]);
    expect(rows).toHaveLength(expected.length);
  });

  test("every protocol promises something, and has two known mistakes at least; there are 60 in all", () => {
    for (const { name, promises, bugs } of variants) {
      expect(promises.length, name).toBeGreaterThan(0);
      expect(Object.keys(bugs).length, name).toBeGreaterThanOrEqual(2);
    }
    expect(variants.reduce((sum, { bugs }) => sum + Object.keys(bugs).length, 0)).toBeGreaterThanOrEqual(60);
  });
});
