import { describe, expect, test } from "vitest";
import { UsageError } from "../../errors.ts";
import { readHistoryText } from "../text-reader.ts";

const load = (text: string) => readHistoryText(text, "history.txt");
const operations = (text: string) => [...load(text).history.operations()];

function refusal(text: string): UsageError {
  try {
    load(text);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`accepted ${text}`);
}

const LINES = [
  "0\t:invoke\t:write\t3",
  ":nemesis\t:info\t:start\tnil",
  "1\t:invoke\t:read\tnil",
  "0\t:info\t:write\t:timed-out",
  "1\t:fail\t:read\tnil\tConnection refused (Connection refused)",
  "2\t:invoke\t:cas\t[3 4]",
  "2\t:fail\t:cas\t[3 4]\t:precondition-failed",
  "3\t:invoke\t:read\tnil",
  '3\t:ok\t:read\t{:a ["b c" #{2 1}]}',
];
const EXPECTED = [
  { process: 0, f: "write", input: 3, output: 3, type: "info", error: { code: "timed-out" } },
  { process: "nemesis", f: "start", type: "info" },
  { process: 1, f: "read", type: "fail", error: { message: "Connection refused (Connection refused)" } },
  {
    process: 2,
    f: "cas",
    input: [3, 4],
    output: [3, 4],
    type: "fail",
    error: { code: "precondition-failed" },
  },
  { process: 3, f: "read", input: null, output: { a: ["b c", [1, 2]] }, type: "ok" },
];

describe("Jepsen's lines", () => {
  test.each<[string, (line: string) => string]>([
    ["history.txt", (line) => line],
    ["aligned by blanks", (line) => line.replace("\t", "         \t").replaceAll("\t", "  ")],
    ["an old log", (line) => `INFO  jepsen.util - ${line}`],
    ["a log with times", (line) => `2016-05-05 12:13:14,123 INFO  jepsen.util - ${line}`],
    ["a newer log", (line) => `2023-05-05 12:13:14,123{GMT}\tINFO\t[jepsen worker 3] jepsen.util: ${line}`],
    ["CRLF", (line) => `${line}\r`],
  ])("as %s", (_, written) => {
    const text = LINES.map((line) => `${written(line)}\n`).join("");
    expect(operations(text)).toMatchObject(EXPECTED);
    expect(load(text)).toMatchObject({ format: "jepsen-text", warnings: [] });
  });

  test("of a log may stand between others, which are passed over with a warning", () => {
    const text = `INFO  jepsen.core - Running test
INFO  jepsen.util - 0\t:invoke\t:read\tnil

WARN  jepsen.util - Process 4 crashed
INFO  jepsen.util - 0\t:ok\t:read\t1
`;
    expect(load(text).warnings).toEqual([
      {
        code: "no-operation",
        line: 1,
        message:
          'history.txt, line 1: no operation, passed over: "INFO  jepsen.core - Running test", and on 1 further line',
      },
    ]);
    expect(operations(text)).toMatchObject([{ f: "read", output: 1 }]);
  });

  test("may have tuples of jepsen.independent", () => {
    expect(operations("0\t:invoke\t:read\t[x nil]\n0\t:ok\t:read\t[x 4]\n")).toMatchObject([
      { key: "x", input: null, output: 4 },
    ]);
  });

  test("keep a keyword that is the value, and take another for the reason", () => {
    const [kept, reason] = operations(
      "0\t:invoke\t:write\t:a\n0\t:info\t:write\t:a\n1\t:invoke\t:write\t:b\n1\t:info\t:write\t:gone\n",
    );
    expect(kept).toMatchObject({ input: "a", output: "a" });
    expect(kept?.error).toBeUndefined();
    expect(reason).toMatchObject({ input: "b", output: "b", error: { code: "gone" } });
  });

  test("without a line feed at the end are taken as they stand, with a warning: 12 may have been 123", () => {
    const { history, warnings } = load("0\t:invoke\t:read\tnil\n0\t:ok\t:read\t12");
    expect(history.operation(0).output).toBe(12);
    expect(warnings).toMatchObject([{ code: "unterminated-line", line: 2 }]);
  });
});

describe("lines that cannot be read are refused", () => {
  test.each<[string, string, string]>([
    ["bad-line", `${LINES[0]}\noops\n`, 'line 2: expected process, type, operation and value, found "oops"'],
    ["bad-line", `${LINES[0]}\n4\t:ok\n`, "line 2: expected process"],
    ["bad-line", `${LINES[0]}\n0\t:ok\t:write\t[1 2\n`, "line 2: the value ends before its bracket"],
    ["malformed-edn", `${LINES[0]}\n0\t:ok\t:write\t]\n`, "line 2: ] closes nothing"],
    ["bad-type", `${LINES[0]}\n0\t:done\t:write\t1\n`, '"type" must be'],
    ["bad-process", `${LINES[0]}\n:p1\t:ok\t:write\t1\n`, '"process" must be'],
    ["completion-without-invocation", `${LINES[0]}\n7\t:ok\t:write\t1\n`, "line 2: process 7 completes"],
    ["values-conflated", `0\t:invoke\t:write\t:a\n1\t:invoke\t:write\t"a"\n`, "line 2: the string"],
  ])("%s: %j", (code, text, message) => {
    expect(refusal(text)).toMatchObject({
      code,
      message: expect.stringContaining(message),
      hint: expect.stringMatching(/./),
    });
  });
});
