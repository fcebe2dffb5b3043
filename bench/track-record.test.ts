import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Row } from "./benchmark.ts";
import { matrixEntries } from "./bug-matrix.ts";
import { trackRecordPage } from "./track-record-page.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

describe("the track record that is kept", () => {
  const rows: readonly Row[] = JSON.parse(read("track-record.json"));

  test("has a row for everything that is asked of a protocol, without a problem", () => {
    const keyOf = ({ kind, protocol, name, consistency }: Row) =>
      [kind, protocol, name, consistency].join(" ");
    const asked = matrixEntries().map(({ kind, protocol, name, guarantee }) =>
      keyOf({ kind, protocol, name, consistency: guarantee.consistency }),
    );
    expect(rows.map(keyOf)).toEqual(asked);
    expect(rows.filter(({ problem }) => problem !== "")).toEqual([]);
  });

  test("is what its page tells", () => {
    expect(read("../docs/reference/track-record.md")).toBe(trackRecordPage(rows));
  });
});
