import { expect, test } from "vitest";
import type { HistoryEvent } from "../history/index.ts";
import { unfailing } from "./unfailing-reporter.ts";

const event: HistoryEvent = { index: 0, time: 0, type: "invoke", process: 0, f: "read", value: null };

test("a hook that throws is told once and not called any more; the others go on", () => {
  const failures: string[] = [];
  const lines: string[] = [];
  let calls = 0;
  const reporter = unfailing(
    {
      onEvent: () => {
        calls++;
        throw new Error("no paper");
      },
      onLog: (message) => lines.push(message),
    },
    (message) => failures.push(message),
  );
  reporter.onEvent(event);
  reporter.onEvent(event);
  reporter.onLog("still here");
  expect(calls).toBe(1);
  expect(failures).toEqual(["a reporter failed in onEvent and is not called there any more: no paper"]);
  expect(lines).toEqual(["still here"]);
});

test("hooks that are absent do nothing", () => {
  const reporter = unfailing({}, (message) => expect.unreachable(message));
  expect(() => reporter.onPhase("load", 0)).not.toThrow();
});
