import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import type { Manifest } from "../results/manifest.ts";
import type { Verdict } from "../results/verdict.ts";
import { Workspace } from "./testing/assay.ts";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

const readJson = <T>(...path: string[]): T => JSON.parse(readFileSync(workspace.path(...path), "utf8")) as T;

describe("assay demo, which is npm start", () => {
  test("shows a store that keeps its promise and one that does not, and exits 0", async () => {
    const { exitCode, stdout, stderr } = await workspace.assay("demo");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("VALID: every client saw a linearizable cas-register");
    expect(stdout).toContain("INVALID: what clients saw is not linearizable");
    expect(stdout).toMatch(
      /process \d+ read \S+ from k\d+ at \d+\.\d{3} s, but (in every order that fits real time|\S+ had been overwritten by)/,
    );
    expect(stdout).toContain("raft came out valid, as it must");
    expect(stdout).toContain("primary-local-reads came out invalid, as it must");
    expect(stderr).toContain("clients under load");
    for (const kind of ["partition", "kill", "pause"]) {
      expect(stdout).toMatch(new RegExp(`${kind} +\\d+ ok during`));
    }
  });
});

describe("assay run", () => {
  test("on the embedded store comes out valid and leaves a complete run folder", async () => {
    const args = [
      "run",
      "--nemesis",
      "partition,kill,pause",
      "--seed",
      "11",
      "--time",
      "10s",
      "--out",
      "valid",
    ];
    const { exitCode, stdout } = await workspace.assay(...args);
    expect(exitCode).toBe(0);
    const folder = readdirSync(workspace.path("valid")).find((name) => name !== "latest") ?? "";
    expect(folder).toMatch(/^\d{8}T\d{6}Z-reference-store-register$/);
    expect(lstatSync(workspace.path("valid", "latest")).isSymbolicLink()).toBe(true);
    expect(readlinkSync(workspace.path("valid", "latest"))).toBe(folder);
    expect(stdout).toContain(`Run folder: valid/${folder}`);
    expect(readdirSync(workspace.path("valid", folder)).sort()).toEqual([
      "history.jsonl",
      "logs",
      "manifest.json",
      "report.txt",
      "verdict.json",
    ]);
    expect(readFileSync(workspace.path("valid", folder, "report.txt"), "utf8")).toBe(stdout);
    expect(readdirSync(workspace.path("valid", folder, "logs"))).toEqual([
      "n1.log",
      "n2.log",
      "n3.log",
      "n4.log",
      "n5.log",
    ]);
    const manifest = readJson<Manifest>("valid", folder, "manifest.json");
    expect(manifest).toMatchObject({
      seed: 11,
      target: "reference-store",
      command: args,
      nodes: ["n1", "n2", "n3", "n4", "n5"],
    });
    expect(manifest.targetOptions["protocol"]).toBe("raft");
    expect(manifest.schedule.length).toBeGreaterThan(3);
    expect(manifest.versions).toMatchObject({ node: process.version });
    const verdict = readJson<Verdict>("valid", folder, "verdict.json");
    expect(verdict).toMatchObject({ schema: 1, validity: "valid", consistency: "linearizable" });
    expect(verdict.evidence?.faults.some(({ effective }) => effective)).toBe(true);
  });

  test("finds that primary-local-reads is not linearizable and exits 1", async () => {
    const { exitCode, stdout } = await workspace.assay(
      ..."run --protocol primary-local-reads --seed 2 --json --out invalid".split(" "),
    );
    expect(exitCode).toBe(1);
    const result = JSON.parse(stdout) as { exitCode: number; seed: number; verdict: Verdict };
    expect(result).toMatchObject({ exitCode: 1, seed: 2 });
    const [linearizable] = result.verdict.checks;
    expect(linearizable?.validity).toBe("invalid");
    const history = readFileSync(workspace.path("invalid", "latest", "history.jsonl"), "utf8")
      .trim()
      .split("\n");
    for (const { operations } of linearizable?.anomalies ?? []) {
      expect(operations.length).toBeGreaterThan(0);
      for (const index of operations)
        expect(JSON.parse(history[index] ?? "")).toMatchObject({ index, type: "invoke" });
    }
  });

  test("is a function of its seed: two processes write the same bytes, and another seed others", async () => {
    const history = async (out: string, seed: string) => {
      await workspace.assay(
        "run",
        "--nemesis",
        "partition,kill,pause",
        "--time",
        "5s",
        "--seed",
        seed,
        "--out",
        out,
      );
      return readFileSync(workspace.path(out, "latest", "history.jsonl"));
    };
    const first = await history("a", "77");
    expect(first.length).toBeGreaterThan(10_000);
    expect((await history("b", "77")).equals(first)).toBe(true);
    expect((await history("c", "78")).equals(first)).toBe(false);
  });

  test("in which every operation fails is unknown, with the reason", async () => {
    const { exitCode, stdout } = await workspace.assay(
      ..."run --nemesis kill:all --nemesis-after 0s --nemesis-interval 10m --time 5s --seed 3 --out dead".split(
        " ",
      ),
    );
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^UNKNOWN/);
    expect(stdout).toMatch(/none of \d+ operations of the load ended in ok/);
    expect(readJson<Verdict>("dead", "latest", "verdict.json").validity).toBe("unknown");
  });

  test("with a bar lowered by name does without that evidence", async () => {
    const command = "run --nemesis kill --nemesis-after 1h --time 2s --seed 3 --out waived";
    expect((await workspace.assay(...command.split(" "))).exitCode).toBe(2);
    expect((await workspace.assay(...command.split(" "), "--waive", "fault-never-injected")).exitCode).toBe(
      0,
    );
  });

  test("prints its seed on stderr even where none was given, and keeps stdout for the result", async () => {
    const { stderr, stdout } = await workspace.assay("run", "--time", "1s", "--json");
    expect(stderr).toMatch(/seed \d+, run folder assay-results\//);
    expect(() => JSON.parse(stdout)).not.toThrow();
  });

  test("interrupted once ends the load, checks what there is and exits 130", {
    timeout: 60_000,
  }, async () => {
    const { child, finished, says } = workspace.start([
      "run",
      "--time",
      "24h",
      "--seed",
      "1",
      "--out",
      "interrupted",
    ]);
    await says("clients under load");
    child.kill("SIGINT");
    const { exitCode, stdout } = await finished;
    expect(exitCode).toBe(130);
    expect(stdout).toContain("interrupted");
    const verdict = readJson<Verdict>("interrupted", "latest", "verdict.json");
    expect(verdict.history.interrupted).toBe(true);
    const again = await workspace.assay("check", "interrupted/latest", "--json");
    expect((JSON.parse(again.stdout) as { verdict: Verdict }).verdict).toEqual(verdict);
  });

  test("terminated exits 143", async () => {
    const { child, finished, says } = workspace.start([
      "run",
      "--time",
      "24h",
      "--seed",
      "1",
      "--out",
      "terminated",
    ]);
    await says("clients under load");
    child.kill("SIGTERM");
    expect((await finished).exitCode).toBe(143);
  });

  test("killed leaves a history that can still be checked", { timeout: 60_000 }, async () => {
    const { child, finished, says } = workspace.start(
      "run --time 24h --rate 2000 --seed 1 --nemesis kill --nemesis-interval 2s --out killed".split(" "),
    );
    await says("clients under load");
    const history = workspace.path("killed", "latest", "history.jsonl");
    await expect.poll(() => readFileSync(history).length, { timeout: 30_000 }).toBeGreaterThan(3_000_000);
    child.kill("SIGKILL");
    expect((await finished).exitCode).toBeNull();
    const { exitCode, stdout } = await workspace.assay("check", "killed/latest");
    // Linearizable as far as it goes; that nobody saw the store recover is why it is no more than unknown.
    expect(exitCode).toBe(2);
    expect(stdout).toContain("(evidence, no-recovery)");
    expect((await workspace.assay("check", "killed/latest", "--waive", "no-recovery")).exitCode).toBe(0);
  });
});

describe("wrong usage exits 64 and says what was meant", () => {
  test.each([
    ["runn", "unknown command 'runn'", "Did you mean run?"],
    ["run --sede 4", "unknown option '--sede'", "Did you mean --seed?"],
    ["run etdc", 'there is no target "etdc"', "did you mean etcd?"],
    ["run --time 5", '--time must be a duration such as 30s, 500ms or 2m, not "5"', ""],
    ["run --nemesis partiton", 'there is no fault "partiton"', "did you mean partition?"],
    ["run --nemesis kill:al", 'the fault kill has no variant "al"', "did you mean all?"],
    [
      "run --nodes 1 --nemesis partition",
      "partition needs at least 2 nodes, and the cluster has 1",
      "--nodes 2",
    ],
    ["run -o protocl=raft", 'has an option "protocl"', "did you mean protocol?"],
    ["run --protocol rfat", "must be one of ", ""],
    ["run --env docker", "runs in the environment sim", ""],
    ["run --concurrency 0", "--concurrency must be a number of clients such as 10, or 3n", ""],
    [
      "run --consistency linearisable",
      'there is no consistency "linearisable"',
      "did you mean linearizable?",
    ],
    ["run --waive nothing", 'there is no evidence "nothing"', "no-recovery"],
    ["run --seed -1", "--seed must be a whole number", ""],
    ["list target", 'there is no listing "target"', "did you mean targets?"],
  ])("assay %s", async (line, message, hint) => {
    const { exitCode, stdout, stderr } = await workspace.assay(...line.split(" "));
    expect(stderr).toContain(`assay: `);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: "" });
  });

  test("and with --json the error is JSON on stdout", async () => {
    for (const line of [
      "run etdc --json",
      "run --sede 4 --json",
      "check nowhere.jsonl --model register --json",
    ]) {
      const { exitCode, stdout } = await workspace.assay(...line.split(" "));
      expect(exitCode).toBe(64);
      expect(JSON.parse(stdout)).toMatchObject({
        error: { code: expect.any(String), message: expect.any(String) },
      });
    }
  });
});

test("a results folder that cannot be written is the environment's fault, and exits 4", async () => {
  const { exitCode, stderr } = await workspace.assay("run", "--out", "/dev/null/results", "--time", "1s");
  expect(exitCode).toBe(4);
  expect(stderr).toContain("assay: cannot write /dev/null/results");
  expect(stderr).toContain("--out");
});
