import { describe, expect, test } from "vitest";
import { mutualExclusion } from "../checkers/mutual-exclusion/mutual-exclusion.ts";
import type { GeneratorEvent } from "../harness/generator/index.ts";
import { Completed, type Json } from "../harness/history/index.ts";
import { lock } from "./lock.ts";
import { simulatedRun } from "./testing/simulated-store.ts";

const LEASE_NS = 100_000_000;

/** Locks with leases, and what they guard. `fenced`: whether that looks at tokens. */
function lockStore(fenced: boolean, nextToken = (last: number) => last + 1) {
  const locks = new Map<
    unknown,
    { last: number; holder: number | undefined; untilNs: number; fence: number }
  >();
  return ({ f, key, value, timeNs }: GeneratorEvent): Json | undefined => {
    const state = locks.get(key) ?? { last: 0, holder: undefined, untilNs: 0, fence: 0 };
    locks.set(key, state);
    if (f === "acquire") {
      if (state.holder !== undefined && timeNs < state.untilNs) return undefined;
      state.last = nextToken(state.last);
      state.holder = state.last;
      state.untilNs = timeNs + LEASE_NS;
      return state.last;
    }
    if (f === "release") {
      if (state.holder !== value) return undefined;
      state.holder = undefined;
      return value;
    }
    const [token] = value as [number, Json];
    if (fenced && token < state.fence) return undefined;
    state.fence = Math.max(state.fence, token);
    return value;
  };
}

const run = (seed: number, answer = lockStore(true), options = {}) =>
  simulatedRun({ workload: lock, options, operations: 2_000, seed, answer });

const judged = (seed: number, answer = lockStore(true), options = {}) =>
  mutualExclusion({ model: lock.model }).check(run(seed, answer, options));

describe("the workload lock", () => {
  test("asks for all its operations, and most of them succeed", () => {
    const { columns, names } = run(1);
    for (const name of Object.keys(lock.operations)) {
      const f = names.functions.indexOf(name);
      const ok = columns.f.filter(
        (each, row) => each === f && columns.completion[row] === Completed.ok,
      ).length;
      expect(ok).toBeGreaterThan(50);
    }
  });

  test("of locks with fencing shows mutual exclusion, also while holders pause", () => {
    for (const seed of [1, 2, 3]) expect(judged(seed)).toMatchObject({ validity: "valid", anomalies: [] });
  });

  test("shows that without fencing a holder that paused too long breaks it", () => {
    for (const seed of [1, 2, 3]) {
      const { anomalies } = judged(seed, lockStore(false));
      expect(anomalies.map(({ type }) => type)).toContain("stale-token-accepted");
    }
  });

  test("shows nothing of the kind where holders never pause", () => {
    expect(judged(1, lockStore(false), { "longest-pause": "0" }).validity).toBe("valid");
  });

  test("shows tokens that start again", () => {
    const { anomalies } = judged(
      1,
      lockStore(true, (last) => (last === 5 ? 3 : last + 1)),
    );
    expect(anomalies.map(({ type }) => type)).toContain("duplicate-token");
  });

  test("acquires every lock once more in the end", () => {
    const { columns, names } = run(1);
    const heal = columns.process.indexOf(-1);
    const late = new Set(
      [...columns.key].filter(
        (_, row) =>
          row > heal && columns.completion[row] === Completed.ok && (columns.process[row] as number) >= 0,
      ),
    );
    expect(late.size).toBe(names.keys.length);
  });
});
