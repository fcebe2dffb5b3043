import { describe, expect, test } from "vitest";
import { ClientError, completionOfError } from "./outcome.ts";

const clientError = (definite: boolean) =>
  new ClientError({ code: "refused", message: "too busy", definite });

describe("what an error makes of an operation", () => {
  test.each([
    { of: "a definite error", error: clientError(true), hasEffect: true, type: "fail" },
    { of: "a definite error", error: clientError(true), hasEffect: false, type: "fail" },
    { of: "an indefinite error", error: clientError(false), hasEffect: true, type: "info" },
    { of: "an indefinite error", error: clientError(false), hasEffect: false, type: "fail" },
    { of: "any other error", error: new Error("socket hang up"), hasEffect: true, type: "info" },
    { of: "any other error", error: new Error("socket hang up"), hasEffect: false, type: "fail" },
    { of: "a thrown text", error: "oops", hasEffect: true, type: "info" },
    { of: "nothing thrown at all", error: undefined, hasEffect: true, type: "info" },
    // Looks like one of ours, but is not: nobody vouches for what it says.
    { of: "a look-alike", error: { code: "x", definite: true }, hasEffect: true, type: "info" },
  ])("$of, effect $hasEffect: $type", ({ error, hasEffect, type }) => {
    expect(completionOfError(error, { value: [1, 2], hasEffect })).toMatchObject({ type, value: [1, 2] });
  });
});

describe("what is told of an error", () => {
  const told = (error: unknown) => completionOfError(error, { value: null, hasEffect: true });

  test("its own code where it has one, else client-threw", () => {
    expect(told(clientError(false)).error).toEqual({ code: "refused", message: "too busy" });
    expect(told(new Error("socket hang up")).error).toEqual({
      code: "client-threw",
      message: "socket hang up",
    });
    expect(told("oops").error).toEqual({ code: "client-threw", message: "oops" });
  });

  test("the causes behind it", () => {
    const cause = Object.assign(new Error("read failed"), { code: "ECONNRESET" });
    const error = new ClientError({ code: "lost", message: "connection lost", definite: false, cause });
    expect(told(error).error?.message).toBe("connection lost: read failed (ECONNRESET)");
  });

  test("the node that gave it, where that is known", () => {
    const error = new ClientError({ code: "refused", message: "no", definite: true, node: "n2" });
    expect(told(error).node).toBe("n2");
    expect("node" in told(clientError(true))).toBe(false);
  });
});
