import { describe, expect, it } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import { backoffNs } from "./backoff.ts";

describe("a back-off", () => {
  const random = new Random(1);
  const waits = (failures: number) => Array.from({ length: 200 }, () => backoffNs(100, failures, random));

  it("is between half the base and the base at first, and doubles with every failure", () => {
    for (const failures of [0, 1, 2, 3, 4]) {
      for (const wait of waits(failures)) {
        expect(wait).toBeGreaterThanOrEqual(50 * 2 ** failures);
        expect(wait).toBeLessThan(100 * 2 ** failures);
      }
    }
  });

  it("stops growing, so that whoever failed for long comes back soon", () => {
    expect(Math.max(...waits(50))).toBeLessThan(1_600);
  });
});
