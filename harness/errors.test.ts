import { describe, expect, test } from "vitest";
import { BugError, describeError, EnvironmentError, invariant, UsageError } from "./errors.ts";
import { ExitCode } from "./exit-codes.ts";

describe("the three kinds of error", () => {
  const details = { code: "no-engine", message: "no engine answers on 127.0.0.1:1", hint: "start it" };

  test("each has its exit code", () => {
    expect(new UsageError(details).exitCode).toBe(ExitCode.usage);
    expect(new EnvironmentError(details).exitCode).toBe(ExitCode.environment);
    expect(new BugError(details).exitCode).toBe(ExitCode.bug);
  });

  test("carries code, message, hint, name and cause", () => {
    const cause = new Error("connect ECONNREFUSED");
    expect(new EnvironmentError({ ...details, cause })).toMatchObject({
      ...details,
      name: "EnvironmentError",
      cause,
    });
  });

  test("has no hint and no cause where none is given", () => {
    const error = new UsageError({ code: "x", message: "y" });
    expect(error.hint).toBeUndefined();
    expect("cause" in error).toBe(false);
  });
});

describe("invariant", () => {
  test("is silent while the condition holds", () => {
    expect(() => invariant(true, "never shown")).not.toThrow();
  });

  test("throws a BugError that says what did not hold", () => {
    expect(() => invariant(false, "a set has no negative size")).toThrowError(
      expect.objectContaining({
        code: "invariant",
        message: "a set has no negative size",
        exitCode: ExitCode.bug,
      }),
    );
  });
});

describe("describeError", () => {
  test("is the text of whatever was thrown", () => {
    expect(describeError("plain text")).toBe("plain text");
    expect(describeError(undefined)).toBe("undefined");
    expect(describeError(new TypeError("not a function"))).toBe("not a function");
  });

  test("falls back to the name of an error without a message", () => {
    expect(describeError(new TypeError())).toBe("TypeError");
  });

  test("adds the code of an error whose message lacks it", () => {
    const coded = Object.assign(new Error("the disk is full"), { code: "ENOSPC" });
    expect(describeError(coded)).toBe("the disk is full (ENOSPC)");
    expect(describeError(Object.assign(new Error("ENOSPC: full"), { code: "ENOSPC" }))).toBe("ENOSPC: full");
  });

  test("follows the causes", () => {
    const cause = new Error("socket hang up", { cause: new Error("reset") });
    expect(describeError(new Error("cannot read", { cause }))).toBe("cannot read: socket hang up: reset");
  });

  test("lists the members of an aggregate that has no text of its own", () => {
    const refused = [new Error("::1 refused"), new Error("127.0.0.1 refused")];
    expect(describeError(new AggregateError(refused))).toBe("::1 refused; 127.0.0.1 refused");
    expect(describeError(new AggregateError(refused, "cannot connect"))).toBe("cannot connect");
  });
});
