import { expect, test } from "vitest";
import { ERROR_CODES, errorCode } from "./error-codes.ts";

test("only a time-out and a crash leave open whether the operation took effect", () => {
  const indefinite = Object.values(ERROR_CODES).filter(({ definite }) => !definite);
  expect(indefinite.map(({ name }) => name)).toEqual(["timeout", "crash"]);
});

test("names are told apart", () => {
  const names = Object.values(ERROR_CODES).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test.each([7, 1000, -1])("number %s is nobody's, and so indefinite", (code) => {
  expect(errorCode(code)).toMatchObject({ name: `error-${code}`, definite: false });
});
