import { describe, expect, test } from "vitest";
import { UsageError } from "../errors.ts";
import { readHistoryText } from "./text-reader.ts";

const text = (...lines: object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
const invoke = (process: number | string, members: object = {}) => ({
  type: "invoke",
  process,
  f: "read",
  value: null,
  ...members,
});
const ok = (process: number | string, members: object = {}) => ({
  type: "ok",
  process,
  f: "read",
  value: 1,
  ...members,
});

function refusal(input: string): UsageError {
  try {
    readHistoryText(input, "h.jsonl");
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error("accepted");
}
const warningsOf = (input: string) => readHistoryText(input, "h.jsonl").warnings;

describe("a history as text", () => {
  test("becomes operations", () => {
    const { history, warnings } = readHistoryText(
      text(
        invoke(0, { index: 0, time: 5 }),
        ok(0, { index: 1, time: 9 }),
        invoke("nemesis", { index: 2, time: 9, f: "kill" }),
      ),
      "h.jsonl",
    );
    expect([...history.operations()]).toMatchObject([
      { process: 0, f: "read", input: null, output: 1, invokeTimeNs: 5, completeTimeNs: 9 },
      { process: "nemesis", f: "kill", invokeIndex: 2 },
    ]);
    expect(warnings).toEqual([]);
  });

  test("line order stands for index and time where they are left out", () => {
    const { history } = readHistoryText(text(invoke(0), ok(0), invoke(0)), "h.jsonl");
    expect([...history.operations()].map((o) => [o.invokeIndex, o.invokeTimeNs, o.completeTimeNs])).toEqual([
      [0, 0, 1],
      [2, 2, undefined],
    ]);
  });

  test("may have blank lines, CRLF line ends, a byte order mark and no line feed at the end", () => {
    const lines = [invoke(0), ok(0)].map((line) => JSON.stringify(line));
    const { history, warnings } = readHistoryText(`\ufeff${lines[0]}\r\n\r\n  \t\n\n${lines[1]}`, "h.jsonl");
    expect(history.operation(0).output).toBe(1);
    expect(warnings).toEqual([]);
  });

  test("may have notes of a nemesis, as Jepsen writes them", () => {
    const note = { type: "info", process: "nemesis", f: "start", value: null };
    expect(readHistoryText(text(note, invoke(0), note, note, ok(0)), "h").history.length).toBe(4);
  });
});

describe("what cannot be judged is refused", () => {
  test.each<[string, number, object[]]>([
    ["double-invocation", 2, [invoke(0), invoke(0)]],
    ["completion-without-invocation", 1, [ok(0)]],
    ["completion-without-invocation", 3, [invoke(0), ok(0), ok(0)]],
    ["mismatched-completion", 2, [invoke(0), ok(0, { f: "write" })]],
    ["mismatched-completion", 2, [invoke(0, { key: "x" }), ok(0, { key: "y" })]],
    ["index-not-increasing", 2, [invoke(0, { index: 3 }), ok(0, { index: 3 })]],
    ["index-not-increasing", 3, [invoke(0, { index: 0 }), invoke(1, { index: 2 }), ok(0, { index: 1 })]],
    ["bad-type", 2, [invoke(0), { ...ok(0), type: "done" }]],
  ])("%s on line %d", (code, line, lines) => {
    const error = refusal(text(...lines));
    expect(error.code).toBe(code);
    expect(error.message).toContain(`h.jsonl, line ${line}: `);
    expect(error.hint).not.toBe("");
  });

  test("blank lines count in the numbers of lines", () => {
    expect(refusal(`\n\n${text(ok(0))}`).message).toContain("line 3");
  });

  test.each([
    ["", 0],
    ["\n\n \n", 3],
    ['{"type":"inv', 1],
  ])("an input without any event: %j", (input, lines) => {
    expect(refusal(input)).toMatchObject({
      code: "empty-history",
      message: expect.stringContaining(`${lines} line`),
    });
  });

  test("half a line is refused anywhere but at the end", () => {
    expect(refusal(`${text(invoke(0))}{"type":"o\n${text(ok(0))}`).code).toBe("not-json");
    expect(refusal(`${text(invoke(0))}{"type":"o\n`).code).toBe("not-json");
  });

  test("a last line that is no beginning of an event is refused, cut or not", () => {
    expect(refusal(`${text(invoke(0))}oops`).code).toBe("not-json");
    expect(refusal(`${text(invoke(0))}{"type":"ok","process":0,"f":""}`).code).toBe("bad-f");
  });

  test("messages stay short whatever is in the file", () => {
    const long = "f".repeat(1_000_000);
    expect(refusal(text(invoke(0, { f: long }), invoke(0))).message.length).toBeLessThan(600);
  });
});

describe("what can be lived with is a warning", () => {
  test("a last line that is cut off, as a killed run leaves it", () => {
    const whole = text(invoke(0), ok(0), invoke(0));
    for (let length = 1; length < 30; length++) {
      const { history, warnings } = readHistoryText(
        `${whole}${JSON.stringify(ok(0)).slice(0, length)}`,
        "h.jsonl",
      );
      expect(history.eventCount).toBe(3);
      expect(warnings).toEqual([
        {
          code: "truncated-line",
          line: 4,
          message: "h.jsonl: the last line is cut off, as a killed run leaves it, and was left out",
        },
      ]);
    }
  });

  test("a gap in the index", () => {
    expect(warningsOf(text(invoke(0, { index: 0 }), ok(0, { index: 5 })))).toMatchObject([
      { code: "index-gap", line: 2, message: expect.stringContaining("index 5 where 1 was due") },
    ]);
  });

  test("time that goes back", () => {
    expect(warningsOf(text(invoke(0, { time: 9 }), ok(0, { time: 8 })))).toMatchObject([
      { code: "time-backwards", line: 2 },
    ]);
  });

  test("a process that goes on after info", () => {
    expect(warningsOf(text(invoke(0), { ...ok(0), type: "info" }, invoke(0)))).toMatchObject([
      { code: "process-after-info", line: 3 },
    ]);
  });

  test("an ok without a value", () => {
    expect(warningsOf(text(invoke(0), { type: "ok", process: 0, f: "read" }))).toMatchObject([
      { code: "missing-value", line: 2 },
    ]);
  });

  test("each kind is told once, with how often it came", () => {
    const lines = [9, 8, 7, 6].map((time, process) => invoke(process, { time }));
    expect(warningsOf(text(...lines))).toEqual([
      {
        code: "time-backwards",
        line: 2,
        message: "h.jsonl, line 2: time 8 ns comes after 9 ns: index order counts, and on 2 further lines",
      },
    ]);
  });
});
