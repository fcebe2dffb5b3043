import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { Random } from "../clock/random.ts";
import { UsageError } from "../errors.ts";
import { parseEvent } from "./parse-event.ts";
import { readHistoryText } from "./text-reader.ts";

const at = { source: "h.jsonl", line: 3 };
const parse = (members: Record<string, unknown>) =>
  parseEvent(JSON.stringify({ type: "invoke", process: 0, f: "read", value: null, ...members }), at);

/** What a text is refused with. */
function refusal(text: string): UsageError {
  try {
    parseEvent(text, at);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`accepted ${text}`);
}
const refusalOf = (members: Record<string, unknown>) =>
  refusal(JSON.stringify({ type: "invoke", process: 0, f: "read", value: null, ...members }));

describe("parseEvent reads", () => {
  test("every member of the record", () => {
    const line =
      '{"index":4,"time":7,"type":"fail","process":1,"f":"write","key":"x","value":[1],"node":"n1","error":{"code":"c","message":"m"}}';
    expect(parseEvent(line, at)).toEqual(JSON.parse(line));
  });

  test("the nemesis, keys that are numbers, and falsy values", () => {
    expect(parse({ process: "nemesis" }).process).toBe("nemesis");
    expect(parse({ key: 0 }).key).toBe(0);
    expect(parse({ key: "" }).key).toBe("");
    expect([0, "", false, null].map((value) => parse({ value }).value)).toEqual([0, "", false, null]);
  });

  test("lines without index, time, key, value, node and error", () => {
    expect(parseEvent('{"type":"ok","process":0,"f":"read"}', at)).toEqual({
      type: "ok",
      process: 0,
      f: "read",
    });
  });

  test("members that it does not know, and leaves them", () => {
    expect(parse({ debug: { big: 1e300 } })).not.toHaveProperty("debug");
  });

  test("errors in the shapes of other tools", () => {
    expect(parse({ error: "timeout" }).error).toEqual({ code: "timeout", message: "timeout" });
    expect(parse({ error: { code: "c" } }).error).toEqual({ code: "c", message: "c" });
    expect(parse({ error: ["x", 1] }).error).toEqual({ code: "unknown", message: '["x",1]' });
    expect(parse({ error: null }).error).toBeUndefined();
  });

  test("a null for the node as none", () => {
    expect(parse({ node: null }).node).toBeUndefined();
  });
});

describe("parseEvent refuses", () => {
  test("with the place, what was expected, what stood there and how it should look", () => {
    const error = refusalOf({ type: "okay" });
    expect(error.exitCode).toBe(64);
    expect(error.message).toMatchInlineSnapshot(
      `"h.jsonl, line 3: "type" must be invoke, ok, fail or info, not "okay""`,
    );
    expect(error.hint).toMatchInlineSnapshot(
      `"a line of a history looks like this: {"index":0,"time":1250000,"type":"invoke","process":0,"f":"write","key":"x","value":3}"`,
    );
  });

  test.each([
    ["not-json", "nonsense"],
    ["not-json", '{"type":"invoke"'],
    ["not-json", "{:type :invoke, :f :read}"],
    ["not-an-object", "[1]"],
    ["not-an-object", "null"],
    ["not-an-object", "17"],
    ["not-an-object", '"text"'],
  ])("%s: %s", (code, text) => {
    expect(refusal(text).code).toBe(code);
  });

  test.each([
    ["bad-type", { type: undefined }],
    ["bad-type", { type: "OK" }],
    ["bad-type", { type: ["ok"] }],
    ["bad-process", { process: undefined }],
    ["bad-process", { process: null }],
    ["bad-process", { process: -1 }],
    ["bad-process", { process: 1.5 }],
    ["bad-process", { process: "0" }],
    ["bad-process", { process: 2 ** 31 }],
    ["bad-f", { f: undefined }],
    ["bad-f", { f: "" }],
    ["bad-f", { f: 3 }],
    ["bad-key", { key: null }],
    ["bad-key", { key: ["x"] }],
    ["bad-key", { key: true }],
    ["unsafe-number", { key: 2 ** 53 }],
    ["unsafe-number", { value: 2 ** 53 }],
    ["unsafe-number", { value: [["w", "x", -(2 ** 60)]] }],
    ["bad-index", { index: -1 }],
    ["bad-index", { index: "0" }],
    ["bad-time", { time: -1 }],
    ["bad-time", { time: 0.5 }],
    ["bad-time", { time: "1" }],
    ["bad-time", { time: 2 ** 53 }],
    ["bad-time", { time: null }],
    ["bad-node", { node: 1 }],
  ])("%s: %j", (code, members) => {
    expect(refusalOf(members).code).toBe(code);
  });

  test("a number too large for any float", () => {
    expect(refusal('{"type":"ok","process":0,"f":"read","value":1e400}').code).toBe("unsafe-number");
  });

  test("a nesting that would overflow the stack", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    for (const name of ["value", "key", "f", "error"]) {
      const text = `{"type":"ok","process":0,"f":"read","${name}":${deep}}`;
      if (name === "error")
        expect(parseEvent(text, at).error).toEqual({ code: "unknown", message: "an array" });
      else expect(refusal(text).code).toMatch(/^(value-too-deep|bad-key|bad-f)$/);
    }
  });

  test("with a message of bounded length", () => {
    const long = "x".repeat(1_000_000);
    for (const error of [
      refusal(long),
      refusalOf({ type: long }),
      refusalOf({ process: long }),
      refusalOf({ f: [long] }),
    ]) {
      expect(error.message.length).toBeLessThan(600);
    }
  });
});

describe("whatever the text", () => {
  const lines = [
    '{"index":0,"time":1250000,"type":"invoke","process":0,"f":"write","key":"x","value":3}',
    '{"index":1,"time":2250000,"type":"ok","process":0,"f":"write","key":"x","value":3,"node":"n1"}',
    '{"index":2,"time":2300000,"type":"invoke","process":"nemesis","f":"partition","value":{"groups":[["n1"],["n2","n3"]]}}',
    '{"index":3,"time":2400000,"type":"info","process":1,"f":"txn","value":[["append","x",1],["r","x",null]],"error":{"code":"a","message":"b"}}',
  ];
  const splices = [
    "",
    "{",
    "}",
    "[",
    "]",
    '"',
    ",",
    ":",
    "-",
    "1e999",
    "null",
    "9007199254740993",
    "\u0000",
    "\ufeff",
    "\ud800",
    "\\u",
    "\n",
    "é",
    "[[[",
  ];

  /** One line with a few characters removed, doubled or replaced. */
  function mutated(random: Random): string {
    let line = random.pick(lines);
    for (let left = random.between(1, 4); left > 0; left--) {
      const start = random.int(line.length + 1);
      line = line.slice(0, start) + random.pick(splices) + line.slice(start + random.int(6));
    }
    return line;
  }

  test("20,000 mutated lines are read or refused with a UsageError, and some of each", () => {
    const random = new Random(20_260_101);
    let refused = 0;
    for (let i = 0; i < 20_000; i++) {
      try {
        parseEvent(mutated(random), at);
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(10_000);
    expect(refused).toBeLessThan(20_000);
  });

  property.prop([
    fc.array(
      fc.oneof(
        fc.constantFrom(...lines),
        fc.jsonValue().map((v) => JSON.stringify(v)),
        fc.string(),
      ),
    ),
  ])("a file of such lines is read or refused with a UsageError", (file) => {
    try {
      expect(readHistoryText(file.join("\n"), "h").history.eventCount).toBeGreaterThan(0);
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
    }
  });
});
