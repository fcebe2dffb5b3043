import { fc, test as property } from "@fast-check/vitest";
import { type EDNVal, parseEDNString } from "edn-data";
import { describe, expect, test } from "vitest";
import { MAX_VALUE_DEPTH } from "../json-value.ts";
import type { Json } from "../operation.ts";
import { canonicalJson } from "../value-table.ts";
import { DistinctTexts } from "./distinct-texts.ts";
import { EdnCursor } from "./edn-cursor.ts";
import { EdnError, EdnIncomplete } from "./edn-error.ts";

function cursorOn(text: string): EdnCursor {
  const cursor = new EdnCursor(new DistinctTexts());
  cursor.text = text;
  cursor.final = true;
  return cursor;
}

/** The one form of a text. */
function read(text: string): Json {
  const cursor = cursorOn(text);
  const value = cursor.value();
  expect(cursor.next()).toBeNaN();
  return value;
}

function refusal(text: string): EdnError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof EdnError) return error;
    throw error;
  }
  throw new Error(`accepted ${text}`);
}

describe("a form of EDN as JSON", () => {
  test.each<[string, Json]>([
    ["nil", null],
    ["true", true],
    ["false", false],
    ["0", 0],
    ["-0", 0],
    ["+7", 7],
    ["42N", 42],
    ["-9007199254740991", -9007199254740991],
    ["1.5", 1.5],
    ["-1.5e-3", -0.0015],
    [":read", "read"],
    [":jepsen/read-all", "jepsen/read-all"],
    ["symbol", "symbol"],
    ["+", "+"],
    ["-", "-"],
    ['"text"', "text"],
    [String.raw`"\t\r\n\\\"\b\f\u00e9\101"`, '\t\r\n\\"\b\fé' + "A"],
    ['"a\nb"', "a\nb"],
    [String.raw`\a`, "a"],
    [String.raw`\newline`, "\n"],
    [String.raw`\space`, " "],
    [String.raw`\(`, "("],
    [String.raw`\"`, '"'],
    [String.raw`\\`, "\\"],
    [String.raw`\u00e9`, "é"],
    [String.raw`\o101`, "A"],
    ["\\🗝", "🗝"],
    ["[]", []],
    ["[1 2, 3]", [1, 2, 3]],
    ["(1 [2 ()])", [1, [2, []]]],
    ["#{3 1 2}", [1, 2, 3]],
    ["#{:b nil :a}", ["a", "b", null]],
    ["{}", {}],
    ["{:a 1, :b [2]}", { a: 1, b: [2] }],
    ['{"a b" 1}', { "a b": 1 }],
    ["{1 2, nil 3, [4] 5}", { "1": 2, null: 3, "[4]": 5 }],
    ["#:ns{:a 1, :b/c 2, :_/d 3}", { "ns/a": 1, "b/c": 2, d: 3 }],
    ['#inst "1985-04-12"', { "#inst": "1985-04-12" }],
    ["#my.Record{:a 1}", { "#my.Record": { a: 1 } }],
    ["#jepsen.independent/tuple [1 nil]", [1, null]],
  ])("%s", (text, expected) => {
    expect(read(text)).toEqual(expected);
    expect(read(`[${text}]`)).toEqual([expected]);
    expect(read(` ,; a comment ] } \n${text};`)).toEqual(expected);
  });

  test.each<[string, Json]>([
    ["9007199254740992", "9007199254740992"],
    ["-9223372036854775808", "-9223372036854775808"],
    ["18446744073709551616N", "18446744073709551616"],
    ["1.0", "1.0"],
    ["1e3", "1000.0"],
    ["-0.0", "-0.0"],
    ["1e400", "##Inf"],
    ["1M", "1M"],
    ["1.50M", "1.50M"],
    ["1/2", "1/2"],
    ["-4/6", "-2/3"],
    ["##Inf", "##Inf"],
    ["##-Inf", "##-Inf"],
    ["##NaN", "##NaN"],
  ])("the number %s, which JSON has no other word for, is the text %s", (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test("is what stands behind comments, discarded forms and metadata", () => {
    expect(read("[1 ; 2\n #_3 4 #_ #_ 5 6 7 #_[8 #_9 {}] ^{:m 1} [10] ^:k ^String x]")).toEqual([
      1,
      4,
      7,
      [10],
      "x",
    ]);
    expect(read("#_#_ :a :b {:c #_ :d 1 #_2}")).toEqual({ c: 1 });
  });

  test("has members of any name", () => {
    const value = read('{:__proto__ 1, :constructor 2, "toString" 3}') as Record<string, Json>;
    expect(Object.entries(value)).toEqual([
      ["__proto__", 1],
      ["constructor", 2],
      ["toString", 3],
    ]);
  });
});

describe("what differs in EDN and would be one in JSON is refused", () => {
  test.each([
    ['[:a "a"]', 'the string "a" cannot be told from the keyword :a'],
    ['["a" :a]', 'the keyword :a cannot be told from the string "a"'],
    ["[a :a]", "the keyword :a cannot be told from the symbol a"],
    ['["9007199254740993" 9007199254740993]', "the integer 9007199254740993"],
    ['["1/2" 1/2]', "the ratio 1/2"],
    ['[1.0 "1.0"]', 'the string "1.0" cannot be told from the float 1.0'],
    ['[\\a "a"]', 'the string "a" cannot be told from the character a'],
    ['[{:a 1} {"a" 1}]', 'the string "a" cannot be told from the keyword :a'],
    ['[{1 2} {"1" 2}]', 'the string "1" cannot be told from the map key 1'],
    ['[{"#inst" 1} #inst 1]', "the tag #inst"],
  ])("%s", (text, message) => {
    const error = refusal(text);
    expect(error.code).toBe("values-conflated");
    expect(error.message).toContain(message);
  });

  test("but what is only passed over is not compared", () => {
    const cursor = cursorOn('[:a "b"] ["a" :b 0x1F ::c]');
    cursor.value();
    expect(cursor.loose()).toEqual(["a", "b", "0x1F", ":c"]);
  });

  test.each([
    ["1", "1N"],
    ["+1", "1"],
    ["10/5", "2"],
    ["2/4", "1/2"],
    ["1.10", "1.1"],
    ["[1 2]", "(1 2)"],
    ["#{1 2}", "#{2 1}"],
    ["{:a 1 :b 2}", "{:b 2 :a 1}"],
  ])("%s and %s are equal in Clojure, and here", (one, other) => {
    expect(canonicalJson(read(one))).toBe(canonicalJson(read(other)));
  });
});

describe("what is no EDN is refused with what and where", () => {
  test.each([
    ["]", 0, "] closes nothing that is open here"],
    ["[1 2}", 4, "} closes nothing that is open here"],
    ["{:a}", 1, "the key a has no value"],
    ["{:a 1 :b}", 6, "the key b has no value"],
    ["{:a 1 :a 2}", 0, "a map holds the key a twice"],
    ["#{1 2 1}", 0, "a set holds the same element twice"],
    ["#{:a :a}", 0, "a set holds the same element twice"],
    ["[#_]", 3, "#_ without a form to discard"],
    [": a", 0, "a colon without a keyword"],
    ["::a", 0, "a keyword that begins with two colons"],
    ["01", 0, "01 is no number of EDN"],
    ["1a", 0, "1a is no number of EDN"],
    ["1/0", 0, "1/0 is no number of EDN"],
    ["0x1F", 0, "0x1F is no number of EDN"],
    ['"\\q"', 1, "\\q is no escape in a string of EDN"],
    ["\\nope", 0, "\\nope is no character of EDN"],
    ["\\ a", 0, "a backslash without a character"],
    ["#(+ 1)", 0, '# before "(+ 1)" is nothing that EDN knows'],
    ['#"a"', 0, "is nothing that EDN knows"],
    ["##Foo", 0, "##Foo is nothing that EDN knows"],
    ["'a", 0, "' is nothing that EDN knows"],
    ["@a", 0, "@ is nothing that EDN knows"],
    ["\u0001", 0, "is no symbol"],
    ["#:ns[1]", 4, "#:ns must be followed by a map"],
  ])("%s", (text, at, message) => {
    const error = refusal(text);
    expect(error.message).toContain(message);
    expect([error.code, error.at]).toEqual(["malformed-edn", at]);
  });

  test.each(["[", "{:a", '"a', "#{1", "#tag", "^:a", "#_", "#:ns", "", '"\\', '"\\u00', "[1 ; 2"])(
    "%s ends before the form does",
    (text) => {
      expect(() => read(text)).toThrow(EdnIncomplete);
    },
  );

  test.each(["[", "(", "#{", "{:a ", "{:a #{[", "#t ", "^:a ", "#_ ", "#_#_ "])(
    "100,000 times %s is nested too deep, and no stack overflows",
    (opening) => {
      expect(refusal(opening.repeat(100_000))).toMatchObject({
        code: "value-too-deep",
        message: `a value is nested deeper than ${MAX_VALUE_DEPTH} levels`,
      });
    },
  );

  test("in a message of bounded length", () => {
    for (const text of [`1${"x".repeat(1e6)}`, `{:${"x".repeat(1e6)}}`, `#(${"x".repeat(1e6)}`]) {
      expect(refusal(text).message.length).toBeLessThan(200);
    }
  });
});

describe("a text that goes on", () => {
  test("is waited for wherever it is cut", () => {
    const text = '[:key "a\\u00e9b" 12.5 #_ x \\newline #{1} ##Inf ; end\n #t {:a nil}] ';
    const whole = cursorOn(text).value();
    for (let length = 0; length < text.length - 1; length++) {
      const cursor = cursorOn(text.slice(0, length));
      cursor.final = false;
      expect(() => cursor.value()).toThrow(EdnIncomplete);
      cursor.at = 0;
      cursor.text = text;
      expect(cursor.value()).toEqual(whole);
    }
  });
});

/** Each kind has names of its own, so that none is refused for another. */
const scalar = fc.oneof(
  fc.constantFrom("nil", "true", "false", "\\A", "\\newline", "\\space", "\\tab", "\\u00e9"),
  fc.maxSafeInteger().map(String),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }).map((value) => `${value}N`),
  fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
    .filter((value) => !Number.isInteger(value))
    .map(String),
  fc.stringMatching(/^k[a-z0-9*!_?$%&=<>.+-]{0,8}$/).map((name) => `:${name}`),
  fc.stringMatching(/^y[a-z0-9*!_?$%&=<>.-]{0,8}$/),
  fc.string({ unit: "grapheme", maxLength: 8 }).map((text) => JSON.stringify(`s${text}`)),
);
const blank = fc.constantFrom(" ", ", ", "\n", " ; it's a \"comment] }\n", "\t");
const { form } = fc.letrec<{ form: string }>((tie) => {
  const items = fc.array(tie("form"), { maxLength: 4 });
  const around = (open: string, close: string) =>
    fc.tuple(items, blank).map(([inner, space]) => `${open}${inner.join(space)}${space}${close}`);
  const keys = fc.uniqueArray(fc.stringMatching(/^:k[a-z]{1,4}$/), { minLength: 4, maxLength: 4 });
  const map = fc
    .tuple(keys, items, blank)
    .map(
      ([names, values, space]) =>
        `{${values.map((value, at) => `${names[at]}${space}${value}`).join(space)}}`,
    );
  const tagged = fc
    .tuple(fc.stringMatching(/^t[a-z]{1,4}$/), tie("form"))
    .map(([tag, value]) => `#${tag} ${value}`);
  return {
    form: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      scalar,
      around("[", "]"),
      around("(", ")"),
      map,
      tagged,
    ),
  };
});

/** What edn-data reads, by the rules of this reader. */
function asJson(value: EDNVal): Json {
  if (typeof value === "bigint") return String(value);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(asJson);
  if ("key" in value) return value.key;
  if ("sym" in value) return value.sym;
  if ("char" in value) return value.char;
  if ("list" in value) return value.list.map(asJson);
  if ("map" in value)
    return Object.fromEntries(value.map.map(([key, member]) => [asJson(key), asJson(member)]));
  if ("tag" in value) return { [`#${value.tag}`]: asJson(value.val) };
  throw new Error(`edn-data reads ${JSON.stringify(value)}`);
}

describe("another reader of EDN", () => {
  property.prop([form], { numRuns: 3000 })("reads the same", (text) => {
    expect(read(text)).toEqual(asJson(parseEDNString(text) as EDNVal));
  });
});
