import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Workspace } from "./testing/assay.ts";

let workspace: Workspace;
beforeAll(() => {
  workspace = new Workspace();
});
afterAll(() => workspace[Symbol.dispose]());

const asProcesses = [
  "run",
  "reference-store",
  "--env",
  "process",
  "--nodes",
  "3",
  "--time",
  "5s",
  "--seed",
  "2",
];

test("raft as child processes is linearizable, under kills of the primary, pauses and partitions", async () => {
  const faults = ["--nemesis", "kill:primary,pause:one,partition:one", "--nemesis-after", "2s"];
  const { exitCode, stdout } = await workspace.assay(
    ...asProcesses,
    ...faults,
    "--nemesis-interval",
    "700ms",
  );
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
  expect(stdout).toContain("process gone");
  expect(existsSync(workspace.path("assay-results", "latest", "data", "n1.jsonl"))).toBe(true);
});

test("primary-local-reads as child processes is not", async () => {
  const faults = ["--protocol", "primary-local-reads", "-o", "latency=20ms"];
  const { exitCode, stdout } = await workspace.assay(...asProcesses, ...faults);
  expect({ exitCode, stdout }).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining("nonlinearizable"),
  });
});

test("what only a simulation can do is refused before anything starts", async () => {
  const clock = await workspace.assay(...asProcesses, "--nemesis", "clock");
  expect(clock).toMatchObject({ exitCode: 64, stderr: expect.stringContaining("environment process") });
  const docker = await workspace.assay("run", "reference-store", "--env", "docker");
  expect(docker).toMatchObject({ exitCode: 64, stderr: expect.stringContaining("sim or process") });
});
