import { describe, expect, test } from "vitest";
import { judgeSeed } from "./testing/judge-seed.ts";

const SEEDS = 20;

describe.each(["lease-lock", "leader-election"])("%s", (protocol) => {
  test(`${SEEDS} seeds under every fault are all valid`, { timeout: 120_000 }, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const verdict = await judgeSeed(seed, {
        workload: "lock",
        nemesis: "partition,kill,pause,clock,membership,leadership",
        option: [["protocol", protocol]],
        time: 6e9,
      });
      expect(verdict.checks, `seed ${seed}`).toMatchObject([
        { checker: "mutual-exclusion", validity: "valid", anomalies: [], reasons: [] },
        { checker: "evidence", anomalies: [] },
      ]);
    }
  });

  test("without its check of tokens, holders that paused break it", { timeout: 120_000 }, async () => {
    const bug = protocol === "lease-lock" ? "no-fencing" : "epoch-ignored";
    const options = {
      workload: "lock",
      option: [
        ["protocol", protocol],
        ["bug", bug],
      ] as [string, string][],
    };
    const validities: string[] = [];
    for (let seed = 1; seed <= SEEDS && !validities.includes("invalid"); seed++) {
      validities.push((await judgeSeed(seed, { ...options, time: 6e9 })).validity);
    }
    expect(validities).toContain("invalid");
  });
});
