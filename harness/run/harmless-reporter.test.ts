import { expect, test } from "vitest";
import type { Reporter } from "../ports/index.ts";
import { harmlessReporter } from "./harmless-reporter.ts";

const event = { index: 0, time: 0, type: "invoke", process: 0, f: "read", value: null } as const;

test("passes everything on", () => {
  const told: unknown[] = [];
  const reporter = harmlessReporter({
    onPhase: (...given) => told.push(given),
    onEvent: (...given) => told.push(given),
    onLog: (...given) => told.push(given),
  });
  reporter.onPhase?.("load", 5);
  reporter.onEvent?.(event);
  reporter.onLog?.("hello");
  expect(told).toEqual([["load", 5], [event], ["hello"]]);
});

test("takes a reporter without hooks", () => {
  const reporter = harmlessReporter({});
  expect(() => {
    reporter.onPhase?.("load", 5);
    reporter.onEvent?.(event);
    reporter.onLog?.("hello");
  }).not.toThrow();
});

test("tells the first failure of each hook through the log, and goes on calling it", () => {
  const messages: string[] = [];
  let calls = 0;
  const fail = () => {
    calls++;
    throw new Error("broken pipe");
  };
  const reporter: Reporter = harmlessReporter({
    onPhase: fail,
    onEvent: fail,
    onLog: (message) => messages.push(message),
  });
  reporter.onEvent?.(event);
  reporter.onEvent?.(event);
  reporter.onPhase?.("stop", 1);
  expect(calls).toBe(3);
  expect(messages).toEqual([
    "warning: the reporter failed (onEvent): broken pipe",
    "warning: the reporter failed (onPhase): broken pipe",
  ]);
});

test("stays silent where the log is what fails", () => {
  let calls = 0;
  const reporter = harmlessReporter({
    onLog() {
      calls++;
      throw new Error("broken pipe");
    },
  });
  expect(() => reporter.onLog?.("hello")).not.toThrow();
  expect(calls).toBe(2);
});
