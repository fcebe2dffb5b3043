import { describe, expect, test } from "vitest";
import { historyEvents } from "./history-events.ts";
import { type GivenEvent, historyOf } from "./history-of.ts";

const read = (process: number): GivenEvent => ({ type: "invoke", process, f: "read", key: "x" });

test("a history of events in memory: their order is the index, and what is left out has a default", () => {
  const history = historyOf([
    read(0),
    { type: "invoke", process: 1, f: "write", key: "x", value: 3, time: 50 },
    { type: "ok", process: 0, f: "read", value: 3, node: "n1" },
  ]);
  expect([...historyEvents(history)]).toEqual([
    { index: 0, time: 0, type: "invoke", process: 0, f: "read", key: "x", value: null },
    { index: 1, time: 50, type: "invoke", process: 1, f: "write", key: "x", value: 3 },
    { index: 2, time: 51, type: "ok", process: 0, f: "read", key: "x", value: 3, node: "n1" },
  ]);
});

test("an operation is found by the index of its invocation, as witnesses name it", () => {
  const write = { process: 1, f: "write", key: "x", value: 3 };
  const history = historyOf([
    read(0),
    { ...write, type: "invoke" },
    { type: "ok", process: 0, f: "read", value: 3 },
    { ...write, type: "ok" },
    read(2),
  ]);
  expect([0, 1, 4].map((index) => history.operationInvokedAt(index)?.process)).toEqual([0, 1, 2]);
  expect([-1, 2, 3, 5].map((index) => history.operationInvokedAt(index))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("of no events there is a history too", () => {
  expect(historyOf([]).length).toBe(0);
});

describe("what cannot be a history is refused, with the place of the event", () => {
  const deep = JSON.parse("[".repeat(101) + "]".repeat(101));
  test.each([
    {
      events: [read(0), read(0)],
      code: "double-invocation",
      message: "event 1: process 0 invokes read while its read of event 0 is open",
    },
    {
      events: [{ ...read(0), type: "ok" as const }],
      code: "completion-without-invocation",
      message: "event 0: process 0 completes read with ok, but has no open invocation",
    },
    {
      events: [read(0), { type: "ok" as const, process: 0, f: "write", key: "x" }],
      code: "mismatched-completion",
      message: 'event 1: process 0 completes write of key "x", but what it invoked is read of key "x"',
    },
    {
      events: [{ ...read(0), value: 2 ** 53 }],
      code: "unsafe-number",
      message:
        "event 0: the number 9007199254740992 lies outside ±(2^53 - 1), where different integers become equal",
    },
    {
      events: [{ ...read(0), value: deep }],
      code: "value-too-deep",
      message: "event 0: a value is nested deeper than 100 levels",
    },
  ])("$code", ({ events, code, message }) => {
    expect(() => historyOf(events)).toThrow(expect.objectContaining({ name: "UsageError", code, message }));
  });
});
