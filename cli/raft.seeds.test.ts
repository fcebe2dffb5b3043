import { expect, test } from "vitest";
import { judgeSeed } from "./testing/judge-seed.ts";

const SEEDS = 200;

test(`${SEEDS} seeds of raft under every fault are all valid`, { timeout: 600_000 }, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const verdict = await judgeSeed(seed, { protocol: "raft", time: 10e9 });
    expect(verdict.checks, `seed ${seed}`).toMatchObject([
      { checker: "linearizable", validity: "valid", anomalies: [], reasons: [] },
      { checker: "evidence", validity: "valid", anomalies: [], reasons: [] },
    ]);
  }
});
