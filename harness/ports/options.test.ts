import { describe, expect, test } from "vitest";
import { type OptionTable, type OptionValues, resolveOptions } from "./options.ts";

const table: OptionTable = {
  reads: { description: "how reads are served", default: "linearizable", values: ["linearizable", "stale"] },
  size: {
    description: "how large",
    default: "10",
    problem: (value) => (/^\d+$/.test(value) ? undefined : "must be a whole number"),
  },
  name: { description: "any text", default: "" },
};

const resolve = (given: OptionValues) => resolveOptions("etcd", table, given);

test("defaults fill in what was not given", () => {
  expect(resolve({})).toEqual({ reads: "linearizable", size: "10", name: "" });
  expect(resolve({ size: "3" })).toEqual({ reads: "linearizable", size: "3", name: "" });
});

test("what was given stands, the empty text too", () => {
  expect(resolve({ reads: "stale", size: "0", name: "" })).toEqual({ reads: "stale", size: "0", name: "" });
});

describe("a refusal names the option, its owner and what is allowed", () => {
  const refusal = (given: OptionValues, of: OptionTable = table) => {
    try {
      return resolveOptions("etcd", of, given);
    } catch (error) {
      const { name, code, message, hint } = error as Record<string, unknown>;
      return { name, code, message, hint };
    }
  };

  test("for a name that is not in the table", () => {
    expect(refusal({ read: "stale" })).toMatchInlineSnapshot(`
      {
        "code": "unknown-option",
        "hint": "did you mean reads? it has: reads, size, name",
        "message": "etcd has no option "read"",
        "name": "UsageError",
      }
    `);
  });

  test("for a plug-in that has no options at all", () => {
    expect(refusal({ read: "stale" }, {})).toMatchInlineSnapshot(`
      {
        "code": "unknown-option",
        "hint": "etcd takes no options",
        "message": "etcd has no option "read"",
        "name": "UsageError",
      }
    `);
  });

  test("for a value that is not among those allowed", () => {
    expect(refusal({ reads: "Stale" })).toMatchInlineSnapshot(`
      {
        "code": "bad-option",
        "hint": "how reads are served",
        "message": "option reads of etcd must be one of linearizable, stale, not "Stale"",
        "name": "UsageError",
      }
    `);
  });

  test("for a value with a problem", () => {
    expect(refusal({ size: "ten" })).toMatchInlineSnapshot(`
      {
        "code": "bad-option",
        "hint": "how large",
        "message": "option size of etcd must be a whole number, not "ten"",
        "name": "UsageError",
      }
    `);
  });

  test.for(["toString", "constructor", "__proto__"])("for %s, which every object has", (name) => {
    expect(refusal(Object.fromEntries([[name, "x"]]))).toMatchObject({ code: "unknown-option" });
  });
});
