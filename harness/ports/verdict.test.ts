import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { mergeValidity, type Validity } from "./verdict.ts";

const validity = fc.constantFrom<Validity>("valid", "invalid", "unknown");

describe("the merged validity", () => {
  test("of nothing is unknown: what was not checked is not valid", () => {
    expect(mergeValidity([])).toBe("unknown");
  });

  test.prop([fc.array(validity, { minLength: 1 })])(
    "is invalid where one is, else unknown where one is, else valid",
    (all) => {
      const expected = all.includes("invalid") ? "invalid" : all.includes("unknown") ? "unknown" : "valid";
      expect(mergeValidity(all)).toBe(expected);
    },
  );

  test.prop([fc.array(validity), fc.array(validity)])("does not depend on order", (some, others) => {
    expect(mergeValidity([...some, ...others])).toBe(mergeValidity([...others, ...some]));
  });

  test.prop([fc.array(validity, { minLength: 1 }), fc.array(validity, { minLength: 1 })])(
    "of parts that were merged is that of the whole",
    (some, others) => {
      expect(mergeValidity([mergeValidity(some), mergeValidity(others)])).toBe(
        mergeValidity([...some, ...others]),
      );
    },
  );
});
