import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { History } from "../history.ts";
import { readHistory } from "../read-history.ts";

/** Recorded histories of other projects in their own formats, each with a twin in ours; not a part of the repository. */
const CORPUS = fileURLToPath(new URL("../../../../shared/corpus/", import.meta.url));

interface Twin {
  readonly file: string;
  readonly twin: string;
}

function twins(): readonly Twin[] {
  const index = join(CORPUS, "raw/index.tsv");
  if (!existsSync(index)) return [];
  const [, ...lines] = readFileSync(index, "utf8").trimEnd().split("\n");
  return lines
    .map((line) => line.split("\t"))
    .map(([file = "", twin = ""]) => ({ file: join(CORPUS, "raw", file), twin }))
    .filter(({ twin }) => twin !== "")
    .map(({ file, twin }) => ({ file, twin: join(CORPUS, "linearizability", twin) }));
}

/** What counts for a verdict: order, not time; that an operation failed, not the words for it. */
function operations(history: History): unknown {
  return [...history.operations()].map(
    ({ invokeTimeNs: _, completeTimeNs: _end, error: _error, ...operation }) => operation,
  );
}

const found = twins();

describe.runIf(found.length > 0)("a raw history gives the operations of its twin", () => {
  test.each(found)("$file", async ({ file, twin }) => {
    const raw = await readHistory(file);
    expect(operations(raw.history)).toEqual(operations((await readHistory(twin)).history));
    // Only order counts, and one of them has clocks that disagree.
    expect(raw.warnings.filter(({ code }) => code !== "time-backwards")).toEqual([]);
    expect(raw.format).not.toBe("jsonl");
  });
});
