import { describe, expect, test } from "vitest";
import type { UsageError } from "../harness/errors.ts";
import {
  assignment,
  bytes,
  concurrency,
  duration,
  integer,
  json,
  oneOf,
  type Parser,
  positiveDuration,
  staleness,
  text,
} from "./parse.ts";

/** What a parser makes of a text, or how it refuses it. */
function outcome<T>(parser: Parser<T>, given: string): T | string {
  try {
    return parser(given, "--option");
  } catch (error) {
    const { name, code, message, hint } = error as UsageError;
    return `${name} ${code}: ${message}${hint === undefined ? "" : ` | ${hint}`}`;
  }
}

describe("a duration", () => {
  test.each([
    ["30s", 30e9],
    ["500ms", 5e8],
    ["1.5s", 1.5e9],
    ["2m", 120e9],
    ["0s", 0],
  ])("%s is %d ns", (given, durationNs) => {
    expect(outcome(duration, given)).toBe(durationNs);
  });

  test.each(["", "30", "s", "-1s", "1 s", "1e3s", "1d"])("is not %j", (given) => {
    expect(outcome(duration, given)).toContain("UsageError bad-value");
  });

  test("is refused with an example", () => {
    expect(outcome(duration, "30")).toMatchInlineSnapshot(
      `"UsageError bad-value: --option must be a duration such as 30s, 500ms or 2m, not "30""`,
    );
  });

  test("that must not be nothing is refused where it is", () => {
    expect(outcome(positiveDuration, "2s")).toBe(2e9);
    expect(outcome(positiveDuration, "fast")).toBe(outcome(duration, "fast"));
    expect(outcome(positiveDuration, "0ms")).toMatchInlineSnapshot(
      `"UsageError bad-value: --option must be a duration above 0, such as 30s, 500ms or 2m, not "0ms""`,
    );
  });
});

describe("an integer", () => {
  test.each(["1", "99", "042"])("in 1 … 99 is %j", (given) => {
    expect(outcome(integer(1, 99), given)).toBe(Number(given));
  });

  test.each(["", "0", "100", "-5", "+5", "1.0", "1e1", "0x10", " 5", "five"])(
    "in 1 … 99 is not %j",
    (given) => {
      expect(outcome(integer(1, 99), given)).toContain("UsageError bad-value");
    },
  );

  test("is refused with its bounds", () => {
    expect(outcome(integer(1, 99), "100")).toMatchInlineSnapshot(
      `"UsageError bad-value: --option must be a whole number of 1 … 99, not "100""`,
    );
    expect(outcome(integer(0), "9007199254740993")).toMatchInlineSnapshot(
      `"UsageError bad-value: --option must be a whole number of 0 … 9007199254740991, not "9007199254740993""`,
    );
  });
});

describe("a size", () => {
  test.each([
    ["1KB", 2 ** 10],
    ["512MB", 2 ** 29],
    ["2gb", 2 ** 31],
    ["1.5GB", 1.5 * 2 ** 30],
  ])("%s is %d bytes", (given, sizeBytes) => {
    expect(outcome(bytes, given)).toBe(sizeBytes);
  });

  test.each(["", "512", "MB", "-1MB", "1 MB", "1TB", "1MiB"])("is not %j", (given) => {
    expect(outcome(bytes, given)).toContain("UsageError bad-value");
  });

  test("is refused with an example", () => {
    expect(outcome(bytes, "512")).toMatchInlineSnapshot(
      `"UsageError bad-value: --option must be a size such as 512MB or 2GB, not "512""`,
    );
  });
});

describe("a number of clients", () => {
  test("is one, or one for each node", () => {
    expect(outcome(concurrency, "12")).toEqual({ count: 12, perNode: false });
    expect(outcome(concurrency, "3n")).toEqual({ count: 3, perNode: true });
  });

  test.each(["", "0", "0n", "n", "-1", "1.5", "3 n", "3N", "1234567"])("is not %j", (given) => {
    expect(outcome(concurrency, given)).toContain("UsageError bad-value");
  });

  test("is refused with examples", () => {
    expect(outcome(concurrency, "many")).toMatchInlineSnapshot(
      `"UsageError bad-value: --option must be a number of clients such as 10, or 3n for three a node, not "many""`,
    );
  });
});

describe("how stale a read may be", () => {
  test("is a number of versions, or a time", () => {
    expect(outcome(staleness, "3")).toEqual({ versions: 3 });
    expect(outcome(staleness, "500ms")).toEqual({ timeMs: 500 });
    expect(outcome(staleness, "0s")).toEqual({ timeMs: 0 });
  });

  test.each(["", "0", "-1", "1.5", "3 versions"])("is not %j", (given) => {
    expect(outcome(staleness, given)).toContain("UsageError bad-value");
  });
});

describe("JSON", () => {
  test.each([
    ["0", 0],
    ["null", null],
    ['"a"', "a"],
    ["", ""],
    ["[1,null]", [1, null]],
  ])("%s", (given, value) => {
    expect(outcome(json, given)).toEqual(value);
  });

  test.each(["a", "'a'", "undefined", "NaN"])("is not %j", (given) => {
    expect(outcome(json, given)).toContain("UsageError bad-value");
  });

  test("is refused with examples", () => {
    expect(outcome(json, "a")).toMatchInlineSnapshot(
      `"UsageError bad-value: --option must be JSON, such as 0, null or '"a"', not "a""`,
    );
  });

  test("holds no number that would become another one", () => {
    expect(outcome(json, "9007199254740993")).toMatchInlineSnapshot(
      `"UsageError unsafe-number: --option: the number 9007199254740992 lies outside ±(2^53 - 1), where different integers become equal | record large integers as strings, so that different values stay different"`,
    );
    expect(outcome(json, "[1e999]")).toContain("UsageError unsafe-number");
  });
});

test("text is whatever it is", () => {
  expect(["", "a b", "=", "--x"].map((given) => outcome(text, given))).toEqual(["", "a b", "=", "--x"]);
});

describe("one of a set of names", () => {
  const colour = oneOf("colour", ["red", "green", "dark-green"]);

  test("is that name", () => {
    expect(outcome(colour, "green")).toBe("green");
  });

  test("with a typo is refused with the name that was meant", () => {
    expect(outcome(colour, "gren")).toMatchInlineSnapshot(
      `"UsageError unknown-colour: there is no colour "gren" | did you mean green? known: red, green, dark-green"`,
    );
  });

  test("that is like none is refused with all that there are", () => {
    expect(outcome(colour, "ultraviolet")).toMatchInlineSnapshot(
      `"UsageError unknown-colour: there is no colour "ultraviolet" | known: red, green, dark-green"`,
    );
  });

  test("of none is refused as well", () => {
    expect(outcome(oneOf("colour", []), "red")).toContain("UsageError unknown-colour");
  });
});

describe("an assignment", () => {
  test.each([
    ["a=1", ["a", "1"]],
    ["a=", ["a", ""]],
    ["a=b=c", ["a", "b=c"]],
  ])("%s", (given, pair) => {
    expect(outcome(assignment, given)).toEqual(pair);
  });

  test.each(["", "a", "=", "=1"])("is not %j", (given) => {
    expect(outcome(assignment, given)).toBe(
      `UsageError bad-value: --option must be key=value, not ${JSON.stringify(given)}`,
    );
  });
});
