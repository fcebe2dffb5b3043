import { expect, test } from "vitest";
import { EnvironmentError } from "../harness/errors.ts";
import { exitCodeOf } from "./exit-code-of.ts";

const broken = new EnvironmentError({ code: "not-healed", message: "n2 does not answer" });

test.each([
  { validity: "valid", environment: undefined, code: 0 },
  { validity: "invalid", environment: undefined, code: 1 },
  { validity: "unknown", environment: undefined, code: 2 },
  { validity: "valid", environment: broken, code: 4 },
  { validity: "unknown", environment: broken, code: 4 },
  // A violation that was seen stands, whatever broke afterwards.
  { validity: "invalid", environment: broken, code: 1 },
] as const)("$validity, environment broken: $environment.code → $code", ({ validity, environment, code }) => {
  expect(exitCodeOf(validity, environment)).toBe(code);
});
