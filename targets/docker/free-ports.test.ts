import { expect, test } from "vitest";
import { EnvironmentError } from "../../harness/errors.ts";
import { choosePorts, portCandidates } from "./free-ports.ts";
import { listening } from "./testing/listening.ts";

test("every port of the range is a candidate once, and none that outgoing connections draw from", () => {
  const candidates = [...portCandidates("r1")];
  expect(new Set(candidates).size).toBe(12_000);
  expect(Math.min(...candidates)).toBe(20_000);
  expect(Math.max(...candidates)).toBe(31_999);
});

test("a run begins where its id says, always at the same place", () => {
  const first = (runId: string) => portCandidates(runId).next().value;
  expect(first("r1")).toBe(first("r1"));
  expect(new Set(["r1", "r2", "r3", "r4"].map(first)).size).toBeGreaterThan(1);
});

test("a port that somebody listens on is passed over", async () => {
  const [taken] = await choosePorts("r1", 1);
  const [other] = await listening(taken as number, () => choosePorts("r1", 1));
  expect(other).not.toBe(taken);
});

test("a port of the user's own choice that is in use is an error that names it", async () => {
  const [base] = await choosePorts("r2", 1);
  const second = (base as number) + 1;
  const error = await listening(second, () => choosePorts("r2", 2, base).catch((thrown: unknown) => thrown));
  expect(error).toBeInstanceOf(EnvironmentError);
  expect(error).toMatchObject({
    code: "port-in-use",
    message: `port ${second} of 127.0.0.1 is in use by another process`,
  });
});

test("a row of ports that is free is taken as it is", async () => {
  const [base] = await choosePorts("r3", 1);
  expect(await choosePorts("r3", 1, base)).toEqual([base]);
});
