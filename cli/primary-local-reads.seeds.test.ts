import { expect, test } from "vitest";
import { judgeSeed } from "./testing/judge-seed.ts";

const SEEDS = 200;

test(`of ${SEEDS} seeds of primary-local-reads at least half are invalid, and none is unknown`, {
  timeout: 600_000,
}, async () => {
  const validities = new Map<string, number>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { validity, checks } = await judgeSeed(seed, { protocol: "primary-local-reads", time: 10e9 });
    validities.set(validity, (validities.get(validity) ?? 0) + 1);
    expect(validity, `seed ${seed}: ${JSON.stringify(checks.flatMap(({ reasons }) => reasons))}`).not.toBe(
      "unknown",
    );
  }
  expect(validities.get("invalid")).toBeGreaterThanOrEqual(SEEDS / 2);
});
