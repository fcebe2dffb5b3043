import { describe, expect, test } from "vitest";
import { formatEvent } from "../../harness/history/index.ts";
import { compareHistories } from "./compare-history.ts";

const line = (index: number, type: "invoke" | "ok", process: number | "nemesis", value = 0) =>
  formatEvent({ index, time: index * 10, type, process, f: "write", value });
const first = line(0, "invoke", 0) + line(1, "ok", 0);
const whole = first + line(2, "invoke", 1) + line(3, "ok", 1);

describe("two histories", () => {
  test("are the same by their bytes", () => {
    expect(compareHistories(whole, whole, undefined)).toEqual({ is: "same", events: 4 });
  });

  test("differ at the first event that is another one, with both lines", () => {
    expect(compareHistories(first + line(2, "ok", 7), whole, undefined)).toEqual({
      is: "different",
      event: 2,
      recorded: line(2, "ok", 7).trimEnd(),
      replayed: line(2, "invoke", 1).trimEnd(),
    });
  });

  test.each([
    { is: "recorded", recorded: first, replayed: whole },
    { is: "replayed", recorded: whole, replayed: first },
  ])("differ where the $is one is over first", ({ recorded, replayed }) => {
    expect(compareHistories(recorded, replayed, undefined)).toMatchObject({ is: "different", event: 2 });
  });
});

describe("of a run that was killed", () => {
  test("the replay goes on where it broke off, also within a line", () => {
    const comparison = { is: "beginning", events: 2, recordedEvents: 2 };
    expect(compareHistories(first, whole, "killed")).toEqual(comparison);
    expect(compareHistories(`${first}{"index":2,"ti`, whole, "killed")).toEqual(comparison);
  });

  test("the replay is another one where anything before that differs", () => {
    const other = line(0, "invoke", 5) + line(1, "ok", 5);
    expect(compareHistories(other, whole, "killed")).toMatchObject({ is: "different", event: 0 });
  });
});

describe("of a run that was interrupted", () => {
  test("the replay goes on where nothing was invoked any more", () => {
    const stopped = first + line(2, "invoke", "nemesis") + line(3, "ok", "nemesis");
    expect(compareHistories(stopped, whole, "interrupted")).toEqual({
      is: "beginning",
      events: 2,
      recordedEvents: 4,
    });
  });

  test("the replay is another one where clients went on otherwise", () => {
    const other = first + line(2, "invoke", 3, 9) + line(3, "ok", 3, 9);
    expect(compareHistories(other, whole, "interrupted")).toMatchObject({ is: "different", event: 2 });
  });
});
