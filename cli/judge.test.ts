import { describe, expect, test } from "vitest";
import { z } from "zod";
import { historyOf } from "../checkers/testing/history-of.ts";
import { NS_PER_S } from "../harness/clock/index.ts";
import { verdictJsonSchema } from "../results/verdict-schema.ts";
import { type Judgement, judge } from "./judge.ts";
import { judgeSeed } from "./testing/judge-seed.ts";

const schema = z.fromJSONSchema(verdictJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
const published = (verdict: unknown) => schema.safeParse(JSON.parse(JSON.stringify(verdict)));

const judgement: Judgement = {
  model: "register",
  consistency: "linearizable",
  meaning: {},
  budget: { timeMs: 60_000, memoryBytes: 2 ** 28 },
  allKeys: false,
  workers: 1,
  expectations: null,
  waived: new Set(),
  interrupted: false,
  environmentProblem: null,
  warnings: [],
};

const wrote = (value: number) =>
  (["invoke", "ok"] as const).map((type) => ({ type, process: 0, f: "write", key: "x", value }));
const read = (value: number) =>
  (["invoke", "ok"] as const).map((type) => ({
    type,
    process: 1,
    f: "read",
    key: "x",
    value: type === "ok" ? value : null,
  }));
const correct = historyOf([...wrote(1), ...read(1)]);
const stale = historyOf([...wrote(1), ...wrote(2), ...read(1)]);
const asked = { faultKinds: ["kill"], operations: { read: { hasEffect: false } }, recovery: true };

describe("the merged verdict", () => {
  test("of a file alone is the checker's", async () => {
    expect(await judge(correct, judgement)).toMatchObject({ validity: "valid", evidence: null });
    expect(await judge(stale, judgement)).toMatchObject({ validity: "invalid", evidence: null });
  });

  test("of a run that proved too little is unknown, though no violation was found", async () => {
    const { validity, checks } = await judge(correct, { ...judgement, expectations: asked });
    expect(validity).toBe("unknown");
    expect(checks.map((check) => [check.checker, check.validity])).toEqual([
      ["linearizable", "valid"],
      ["evidence", "unknown"],
    ]);
  });

  test("of a run with a violation is invalid, however little it proved", async () => {
    expect((await judge(stale, { ...judgement, expectations: asked })).validity).toBe("invalid");
  });

  test("of a run without a verdict on its evidence is refused for what cannot be judged", async () => {
    await expect(judge(correct, { ...judgement, model: "queue", consistency: "causal" })).rejects.toThrow(
      expect.objectContaining({ name: "UsageError", code: "unsupported-check" }),
    );
  });
});

describe("how stale a read may be", () => {
  const kAtomic = { ...judgement, consistency: "k-atomic" };

  test("is what k-atomicity is judged by", async () => {
    expect((await judge(stale, { ...kAtomic, maxStaleness: { versions: 2 } })).validity).toBe("valid");
    expect((await judge(stale, { ...kAtomic, maxStaleness: { versions: 1 } })).validity).toBe("invalid");
  });

  test("is measured where nobody said it", async () => {
    const { validity, checks } = await judge(stale, kAtomic);
    expect(validity).toBe("unknown");
    expect(checks[0]?.measures).toEqual([{ name: "staleness", unit: "versions", value: 2 }]);
  });
});

describe("the published schema takes the verdict", () => {
  test.each([
    { of: "a correct file", history: correct, expectations: null },
    { of: "a file with a violation", history: stale, expectations: null },
    { of: "a file with a measure", history: stale, expectations: null, consistency: "delta-atomic" },
    { of: "a run that proved nothing", history: historyOf([]), expectations: asked },
  ])("of $of", async ({ history, expectations, consistency = "linearizable" }) => {
    expect(
      published(await judge(history, { ...judgement, expectations, consistency })).error,
    ).toBeUndefined();
  });

  test.each([
    { protocol: "raft", validity: "valid" },
    { protocol: "primary-local-reads", validity: "invalid" },
  ])("of a simulated run with $protocol", async ({ protocol, validity }) => {
    const verdict = await judgeSeed(1, { protocol, time: 8 * NS_PER_S });
    expect(published(verdict).error).toBeUndefined();
    expect(verdict.validity).toBe(validity);
  });
});
