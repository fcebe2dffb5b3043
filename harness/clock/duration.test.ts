import { describe, expect, it } from "vitest";
import { parseDuration } from "./duration.ts";

describe("parseDuration", () => {
  it.each([
    ["500us", 500_000],
    ["500ms", 500_000_000],
    ["30s", 30_000_000_000],
    ["1.5s", 1_500_000_000],
    ["2m", 120_000_000_000],
    ["1h", 3_600_000_000_000],
    ["0s", 0],
    ["1.005s", 1_005_000_000],
  ])("reads %s as %i ns", (text, durationNs) => {
    expect(parseDuration(text)).toBe(durationNs);
  });

  it.each([
    "",
    "5",
    "ms",
    "-5ms",
    "+5ms",
    " 5ms",
    "5 ms",
    "5ms ",
    "5MS",
    "1e3ms",
    ".5s",
    "5.s",
    "5ns",
    "1m30s",
    "99999999h",
  ])("refuses %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
