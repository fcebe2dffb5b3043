import { expect, test } from "vitest";
import { EngineError, engineErrorOf, tolerate } from "./engine-error.ts";

function refusal(statusCode: number): Error {
  return Object.assign(new Error(`(HTTP code ${statusCode}) conflict`), {
    statusCode,
    json: { message: "Container 1f is not running" },
  });
}

test("a refusal is told in the engine's own words", () => {
  expect(engineErrorOf("pause container x", refusal(409))).toMatchObject({
    code: "docker-refused",
    exitCode: 4,
    status: 409,
    message: "Docker could not pause container x: Container 1f is not running (HTTP 409)",
  });
});

test.each(["ENOENT", "ECONNREFUSED", "ECONNRESET", "EACCES"])("%s means that no engine answers", (code) => {
  expect(engineErrorOf("x", Object.assign(new Error(code), { code }))).toMatchObject({
    code: "docker-unavailable",
    exitCode: 4,
  });
});

test("what is not the engine's is passed on as it is", () => {
  const bug = new TypeError("undefined is not a function");
  expect(engineErrorOf("x", bug)).toBe(bug);
});

test("a refusal may mean that the state is reached", async () => {
  const call = () => Promise.reject(new EngineError("x", 409, "not running", undefined));
  expect(await tolerate(call(), 304, 409)).toBe(false);
  await expect(tolerate(call(), 304)).rejects.toThrow("not running");
  expect(await tolerate(Promise.resolve(), 409)).toBe(true);
});
