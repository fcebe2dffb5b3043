import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type BareEvent, historyOf } from "../testing/history-of.ts";
import { deltaAtomic, kAtomic, regular, safe } from "./staleness.ts";

/** Labelled histories of other projects, where they lie beside the repository. */
const CORPUS = fileURLToPath(
  new URL("../../../shared/corpus/linearizability/fuzz/register.jsonl.gz", import.meta.url),
);

interface Tiny {
  readonly id: string;
  readonly valid_if_fail_dropped: boolean;
  readonly history: readonly BareEvent[];
}

describe.runIf(existsSync(CORPUS))("tiny histories of a register", () => {
  const cases = existsSync(CORPUS)
    ? gunzipSync(readFileSync(CORPUS))
        .toString()
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Tiny)
    : [];
  const of = { model: "register", options: { init: 0 } };

  test("are 1-atomic, and 0-atomic in time, where an exhaustive search finds them linearizable", () => {
    const decided = { versions: 0, timeMs: 0 };
    for (const { id, valid_if_fail_dropped: valid, history } of cases) {
      const verdicts = {
        versions: kAtomic({ ...of, maxStaleness: { versions: 1 } }).check(historyOf(history)).validity,
        timeMs: deltaAtomic({ ...of, maxStaleness: { timeMs: 0 } }).check(historyOf(history)).validity,
      };
      for (const bound of ["versions", "timeMs"] as const) {
        // Values that were written twice tell nobody which write a read saw.
        if (verdicts[bound] === "unknown") continue;
        decided[bound]++;
        expect([id, bound, verdicts[bound]]).toEqual([id, bound, valid ? "valid" : "invalid"]);
      }
    }
    expect(decided.versions).toBeGreaterThan(100);
    expect(decided.timeMs).toBe(decided.versions);
  });

  test("are regular where they are linearizable, and safe where they are regular", () => {
    for (const { id, valid_if_fail_dropped: valid, history } of cases) {
      const isRegular = regular(of).check(historyOf(history)).validity === "valid";
      const isSafe = safe(of).check(historyOf(history)).validity === "valid";
      expect([id, isRegular || !valid, isSafe || !isRegular]).toEqual([id, true, true]);
    }
  });
});
