import { describe, expect, test } from "vitest";
import { UsageError } from "../../errors.ts";
import type { Operation } from "../operation.ts";
import { readHistoryText, TextReader } from "../text-reader.ts";
import type { ReadOptions } from "./index.ts";

const load = (text: string, options: ReadOptions = {}) => readHistoryText(text, "h.edn", options);
const operations = (text: string, options: ReadOptions = {}) => [...load(text, options).history.operations()];
const codes = (text: string, options: ReadOptions = {}) =>
  load(text, options).warnings.map(({ code }) => code);

/** The value at invocation and the one at completion. */
const values = (list: readonly Operation[]) => list.map(({ key, input, output }) => [key, input, output]);

function refusal(text: string, options: ReadOptions = {}): UsageError {
  try {
    load(text, options);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`accepted ${text}`);
}

/** `invoke` and `ok` of one process. */
const pair = (f: string, asked: string, answered: string, process = 0) =>
  `{:type :invoke, :process ${process}, :f :${f}, :value ${asked}}\n{:type :ok, :process ${process}, :f :${f}, :value ${answered}}\n`;

const EVENTS = `{:type :invoke, :f :write, :value 0, :process 0, :time 5, :index 0}
{:type :info, :f :start, :process :nemesis, :value "n1", :time 6, :index 1}
{:type :ok, :f :write, :value 0, :process 0, :time 7, :index 2}
{:type :invoke, :f :read, :value nil, :process 1, :time 8, :index 3}
{:type :fail, :f :read, :value nil, :process 1, :time 9, :index 4, :error [:timeout "no answer"]}
`;
const EXPECTED = [
  { process: 0, f: "write", input: 0, output: 0, type: "ok", invokeIndex: 0, completeTimeNs: 7 },
  { process: "nemesis", f: "start", input: "n1", type: "info" },
  {
    process: 1,
    f: "read",
    input: null,
    type: "fail",
    error: { code: "timeout", message: '["timeout","no answer"]' },
  },
];

describe("a history in EDN", () => {
  test.each([
    ["a map an event", EVENTS],
    ["all in one vector", `[${EVENTS}]`],
    ["all in one list, with comments", `; from a test\n(${EVENTS} ; the end\n)\n`],
    ["on one line", `[${EVENTS.replaceAll("\n", " ")}]`],
    ["as records", EVENTS.replaceAll("{:type", "#jepsen.history.Op{:type")],
    ["as records in a vector", `[${EVENTS.replaceAll("{:type", "#jepsen.history.Op {:type")}]`],
    ["with strings for names", EVENTS.replaceAll(/:(invoke|info|ok|fail|read|write|nemesis)\b/g, '"$1"')],
    ["behind a byte order mark", `\ufeff${EVENTS}`],
    ["with CRLF line ends", EVENTS.replaceAll("\n", "\r\n")],
    [
      "with members that mean nothing here",
      EVENTS.replaceAll(
        "}",
        ', :link #{1 "1"}, :exception #error {:via [{:at [a.B$c d "e" 0x1F]}]}, :x/y ::z}',
      ),
    ],
  ])("%s", (_, text) => {
    expect(operations(text)).toMatchObject(EXPECTED);
    expect(load(text)).toMatchObject({ format: "edn", warnings: [] });
  });

  test.each([1, 2, 3, 7, 50, 1000])("is read the same in pieces of %d", (size) => {
    for (const text of [EVENTS, `[${EVENTS}]`, EVENTS.replaceAll("{:type", "#jepsen.history.Op{:type")]) {
      // The beginning is gathered to tell the format: the pieces begin behind it.
      const whole = ";\n".repeat(40_000) + text;
      const reader = new TextReader("h.edn");
      reader.push(whole.slice(0, 79_990));
      for (let at = 79_990; at < whole.length; at += size) reader.push(whole.slice(at, at + size));
      expect([...reader.finish().history.operations()]).toMatchObject(EXPECTED);
    }
  });

  test("takes Jepsen's -1 for no index and no time", () => {
    const text = pair("read", "nil", "1").replaceAll(":type", ":index -1, :time -1, :type");
    expect(operations(text)).toMatchObject([{ invokeIndex: 0, invokeTimeNs: 0, completeIndex: 1 }]);
  });

  test("has keys where events name them, and says nothing of pairs then", () => {
    const text = pair("get", "[1 nil]", "[1 2]").replaceAll(":value", ':key "k", :value');
    expect(values(operations(text))).toEqual([["k", [1, null], [1, 2]]]);
    expect(codes(text)).toEqual([]);
  });

  test("tells what an invocation left open by its completion", () => {
    expect(values(operations(pair("write", "nil", "3")))).toEqual([[undefined, 3, 3]]);
    expect(values(operations(pair("write", "nil", "3").replace(":ok", ":info")))).toEqual([
      [undefined, 3, 3],
    ]);
    expect(values(operations(pair("write", "nil", "3").replace(":ok", ":fail")))).toEqual([
      [undefined, null, 3],
    ]);
    expect(values(operations(pair("read", "nil", "3")))).toEqual([[undefined, null, 3]]);
  });
});

describe("pairs are keys and values of jepsen.independent", () => {
  const keyed =
    pair("write", "[:x 1]", "[:x 1]") +
    pair("read", "[:x nil]", "[:x 1]", 1) +
    pair("cas", "[7 [1 2]]", "[7 [1 2]]");

  test("where every operation of a client has one", () => {
    expect(values(operations(keyed))).toEqual([
      ["x", 1, 1],
      ["x", null, 1],
      [7, [1, 2], [1, 2]],
    ]);
    expect(load(keyed).warnings).toMatchObject([
      {
        code: "independent-tuples",
        line: 1,
        message: expect.stringContaining("each key is an object of its own"),
      },
    ]);
  });

  test("also where an operation that did not succeed lost its value, and for all that the nemesis does", () => {
    const lost = keyed.replace(
      /:ok, :process 1, :f :read, :value \[:x 1\]/,
      ":info, :process 1, :f :read, :value nil",
    );
    const text = `{:type :info, :process :nemesis, :f :kill, :value nil}\n${lost}`;
    expect(values(operations(text)).slice(1, 3)).toEqual([
      ["x", 1, 1],
      ["x", null, null],
    ]);
  });

  test.each([
    ["an operation without a pair", pair("read", "nil", "[:x 1]")],
    ["a pair under a key", pair("read", "[:x nil]", "[:x 1]").replaceAll(":value", ":key nil, :value")],
    ["a completion of another key", pair("move", "[1 2]", "[2 1]")],
    ["a key that is none", pair("write", "[[1] 2]", "[[1] 2]")],
    ["a longer vector", pair("write", "[1 2 3]", "[1 2 3]")],
  ])("but not where there is %s: all are values then", (_, other) => {
    const list = operations(keyed + other);
    expect(values(list.slice(0, 3))).toEqual([
      [undefined, ["x", 1], ["x", 1]],
      [undefined, ["x", null], ["x", 1]],
      [undefined, [7, [1, 2]], [7, [1, 2]]],
    ]);
    expect(list[3]?.key).toBeUndefined();
    expect(codes(keyed + other)).toEqual(["values-of-both-kinds"]);
  });

  test("but not in a compare-and-set beside reads without a key, and nobody is warned of that", () => {
    const text = pair("cas", "[1 2]", "[1 2]") + pair("read", "nil", "2");
    expect(values(operations(text))).toEqual([
      [undefined, [1, 2], [1, 2]],
      [undefined, null, 2],
    ]);
    expect(codes(text)).toEqual([]);
  });

  test.each([
    ["compare-and-sets alone", pair("cas", "[1 2]", "[1 2]")],
    [
      "elements of a set with their answers",
      pair("add", "[1 nil]", "[1 true]") + pair("contains", "[1 nil]", "[1 true]"),
    ],
    ["both", pair("cas", "[1 2]", "[1 2]") + pair("remove", "[1 nil]", "[1 true]")],
  ])("but not in %s: pairs are what they are made of", (_, text) => {
    expect(operations(text).map(({ key, output }) => [key, Array.isArray(output)])).toEqual(
      operations(text).map(() => [undefined, true]),
    );
    expect(codes(text)).toEqual([]);
  });

  test("or as the user says", () => {
    expect(values(operations(keyed, { independent: false }))[0]).toEqual([undefined, ["x", 1], ["x", 1]]);
    const mixed = keyed + pair("read", "nil", "3");
    expect(values(operations(mixed, { independent: true })).at(-1)).toEqual([undefined, null, 3]);
    expect(values(operations(mixed, { independent: true }))[0]).toEqual(["x", 1, 1]);
    expect(codes(mixed, { independent: true })).toEqual([]);
  });
});

describe("what cannot be judged is refused with line and column", () => {
  test.each<[string, string, string]>([
    [
      "malformed-edn",
      `${EVENTS}{:type :ok, :process 0 :f :read :value [1}}`,
      "line 6, column 42: } closes nothing",
    ],
    ["malformed-edn", `[${EVENTS}] {}`, 'line 6, column 3: the history is over, but "{}" follows'],
    ["malformed-edn", `(${EVENTS}]`, "line 6, column 1"],
    ["malformed-edn", `[[${EVENTS}]]`, 'line 1, column 2: expected the map of an event, found "[{:type'],
    [
      "malformed-edn",
      "{:type :ok 3 4}",
      'line 1, column 12: expected a keyword such as :type or }, found "3 4}"',
    ],
    ["malformed-edn", "{:type :ok :type :ok}", "line 1, column 12: an event holds the same key twice"],
    ["bad-type", "{:type :done, :process 0, :f :read}", 'line 1, column 1: "type" must be'],
    ["bad-type", "{:process 0, :f :read}", '"type" must be invoke, ok, fail or info, not nothing'],
    ["bad-process", "{:type :ok, :process :p1, :f :read}", 'not "p1"'],
    ["bad-process", "{:type :ok, :process 0.0, :f :read}", 'not "0.0"'],
    ["bad-f", "{:type :ok, :process 0, :f nil}", "not null"],
    ["bad-key", "{:type :ok, :process 0, :f :get, :key [1]}", "not an array"],
    ["bad-time", "{:type :ok, :process 0, :f :get, :time -5}", "not -5"],
    [
      "double-invocation",
      `\n\n  ${"{:type :invoke, :process 0, :f :read} ".repeat(2)}`,
      "line 3, column 41: process 0 invokes",
    ],
    ["index-not-increasing", EVENTS.replace("index 4", "index 3"), "line 5, column 1"],
    [
      "values-conflated",
      pair("write", ":a", ":a") + pair("read", "nil", '"a"'),
      "line 4, column 42: the string",
    ],
    [
      "values-conflated",
      pair("write", "[1 2 3]", "[1 2 3]") + pair("read", "nil", "#{3 2 1}"),
      "line 4, column 1: a set and a",
    ],
    [
      "values-conflated",
      pair("write", "#{1 2 3}", "#{1 2 3}") + pair("read", "nil", "[1 2 3]"),
      "line 4, column 1: a set and a",
    ],
    ["value-too-deep", `{:value ${"[".repeat(200)}`, "nested deeper than 100 levels"],
    ["empty-history", "[]", "h.edn holds no event (1 line)"],
    ["empty-history", "; nothing\n\n", "h.edn holds no event (2 lines)"],
  ])("%s", (code, text, message) => {
    const error = refusal(text);
    expect(error.message).toContain(message);
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(/^h\.edn/),
      hint: expect.stringMatching(/./),
    });
  });

  test("with an example of an event", () => {
    expect(refusal("{:type :done, :process 0, :f :read}").hint).toMatchInlineSnapshot(
      `"an event of a history looks like this: {:type :invoke, :process 0, :f :write, :value 3}"`,
    );
  });

  test("a bracket or quote that is never closed, since what is behind it would be lost", () => {
    for (const text of [EVENTS.replace('n1"', "n1"), `[${EVENTS.replace(":value nil", ":value [nil")}]`]) {
      expect(refusal(text).code).toMatch(/^(unclosed-form|malformed-edn)$/);
    }
    const open = EVENTS.replace(":value 0, :process 0, :time 7, :index 2}", ":value [0");
    expect(refusal(open)).toMatchObject({
      code: "unclosed-form",
      message: expect.stringContaining("line 3, column 1: what begins here never ends"),
    });
  });

  test("an event that never ends, while it is read", () => {
    const reader = new TextReader("h.edn");
    reader.push(`${EVENTS}{:value "`);
    let pushed = 0;
    expect(() => {
      for (; pushed < 200; pushed++) reader.push("x".repeat(256 * 1024));
    }).toThrow(
      expect.objectContaining({ code: "form-too-long", message: expect.stringContaining("line 6") }),
    );
    expect(pushed).toBeLessThan(70);
  });
});

describe("what was cut off", () => {
  test.each([EVENTS, `[${EVENTS}]`])("is read up to the cut, with a warning: %#", (text) => {
    const first = text.indexOf("}") + 1;
    for (let length = first; length < text.length - 1; length++) {
      const cut = text.slice(0, length);
      const { history, warnings } = load(cut);
      const whole = cut.split("}").length - 1;
      expect(history.eventCount).toBe(whole);
      const isClean = !text.startsWith("[") && /\}\n?$/.test(cut);
      expect(warnings.map(({ code }) => code)).toEqual(isClean ? [] : ["truncated-form"]);
    }
  });
});
