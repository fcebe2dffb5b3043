import { describe, expect, test } from "vitest";
import { wallClockNow } from "../harness/clock/index.ts";
import { makeRunId } from "./run-id.ts";

describe("a run's id", () => {
  const now = wallClockNow();

  test("is short, and fit for names of containers", () => {
    expect(makeRunId(now, 7, 1234)).toMatch(/^[0-9a-f]{10}$/);
  });

  test("is another one for another time, seed or process", () => {
    const later = wallClockNow();
    later.setTime(now.getTime() + 1);
    const ids = [
      makeRunId(now, 7, 1234),
      makeRunId(later, 7, 1234),
      makeRunId(now, 8, 1234),
      makeRunId(now, 7, 1235),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
