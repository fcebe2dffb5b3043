import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { consistencies } from "./consistencies.ts";
import { check } from "./testing/check-registers.ts";
import type { BareEvent } from "./testing/history-of.ts";

/** Tiny histories of registers, labelled from the definitions, where they lie beside the repository. */
const LABELLED = fileURLToPath(
  new URL("../../shared/corpus/models/register-small.jsonl.gz", import.meta.url),
);

interface Labelled {
  readonly id: number;
  readonly expected: Readonly<Record<string, boolean>>;
  readonly bad_patterns: readonly string[];
  readonly history: readonly BareEvent[];
}

describe.runIf(existsSync(LABELLED))("the corpus", () => {
  const histories = existsSync(LABELLED)
    ? gunzipSync(readFileSync(LABELLED))
        .toString("utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Labelled)
    : [];
  const labels = Object.keys(histories[0]?.expected ?? {});

  test.each(labels)("%s is as labelled", (label) => {
    const name = label === "all-session-guarantees" ? "session" : label;
    const checker = consistencies[name]?.checker({ model: "register", options: {} });
    if (checker === undefined) expect.fail(`no consistency ${name}`);
    const found = histories.map(({ id, history }) => ({
      id,
      holds: check(checker, history).validity === "valid",
    }));
    expect(found).toEqual(histories.map(({ id, expected }) => ({ id, holds: expected[label] })));
  });

  test.each(["causal", "causal-convergence", "causal-memory"])(
    "bad patterns of %s are as labelled",
    (name) => {
      const checker = consistencies[name]?.checker({ model: "register", options: {} });
      if (checker === undefined) expect.fail(`no consistency ${name}`);
      for (const { id, history, bad_patterns } of histories) {
        const types = check(checker, history).anomalies.map(({ type }) => type);
        expect(bad_patterns, `history ${id}`).toEqual(expect.arrayContaining(types));
      }
    },
  );
});
