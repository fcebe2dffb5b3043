import { afterAll, describe, expect, test } from "vitest";
import { Workspace } from "./testing/assay.ts";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

const NO_DOCKER = { DOCKER_HOST: "unix:///nonexistent/docker.sock" };

describe("assay list", () => {
  test("names every target, workload, fault, model and consistency", async () => {
    const { exitCode, stdout } = await workspace.assay("list");
    expect(exitCode).toBe(0);
    for (const name of [
      "reference-store",
      "etcd",
      "bin",
      "register",
      "partition:bridge",
      "cas-register",
      "linearizable",
    ]) {
      expect(stdout).toContain(name);
    }
  });

  test("as JSON, one of them", async () => {
    const { stdout } = await workspace.assay("list", "faults", "--json");
    const { faults } = JSON.parse(stdout) as { faults: { name: string }[] };
    expect(faults.map(({ name }) => name)).toEqual([
      "partition",
      "kill",
      "pause",
      "clock",
      "membership",
      "leadership",
    ]);
  });

  test("into a pipe that closes early ends quietly", async () => {
    const { child, finished } = workspace.start(["list"]);
    child.stdout?.destroy();
    const { stderr } = await finished;
    expect(stderr).toBe("");
  });
});

test("a run whose progress nobody reads goes on to its verdict", async () => {
  const { child, finished } = workspace.start(["run", "--time", "60s", "--seed", "1", "--json"]);
  child.stderr?.destroy();
  const { exitCode, stdout } = await finished;
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: { validity: "valid" } });
});

test("a result that nobody reads changes no exit code", async () => {
  const { child, finished } = workspace.start(["demo"]);
  child.stdout?.destroy();
  const { exitCode, stderr } = await finished;
  expect(exitCode).toBe(0);
  expect(stderr).toContain("2 of 2");
});

describe("without a Docker engine", () => {
  test("doctor says what is missing and how to repair it, and is content: simulated runs work", async () => {
    const { exitCode, stdout } = await workspace.start(["doctor"], NO_DOCKER).finished;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/ok +Node +v/);
    expect(stdout).toMatch(/ok +disk/);
    expect(stdout).toMatch(/missing Docker/);
    expect(stdout).toContain("→ install and start Docker");
  });

  test("doctor --json", async () => {
    const { stdout } = await workspace.start(["doctor", "--json"], NO_DOCKER).finished;
    const { findings } = JSON.parse(stdout) as { findings: { what: string; ok: boolean }[] };
    expect(findings).toContainEqual(expect.objectContaining({ what: "Docker", ok: false }));
  });

  test.each([["run", "etcd"], ["clean"]])("%s %s exits 4 with what to do", async (...args) => {
    const { exitCode, stderr } = await workspace.start(args.filter(Boolean), NO_DOCKER).finished;
    expect(exitCode).toBe(4);
    expect(stderr).toContain("no Docker engine answers");
    expect(stderr).toContain("start Docker");
  });
});

describe("help", () => {
  test.each(["run", "check", "list", "doctor", "clean", "demo"])("%s has help and --json", async (name) => {
    const { exitCode, stdout } = await workspace.assay("help", name);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Usage: assay ${name}`);
    expect(stdout).toContain("--json");
  });

  test("--version prints the version", async () => {
    const { exitCode, stdout } = await workspace.assay("--version");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

describe("colour", () => {
  test("is never in what is not a terminal", async () => {
    const { stdout, stderr } = await workspace.assay("doctor");
    expect(stdout + stderr).not.toContain("\u001b[");
  });
});
