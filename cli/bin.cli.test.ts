import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RealClock } from "../harness/clock/index.ts";
import { pollUntil } from "../targets/poll.ts";
import { CHILDREN_FILE } from "../targets/process/index.ts";
import { processEntry } from "../targets/process/process-table.ts";
import { Workspace } from "./testing/assay.ts";

let workspace: Workspace;
beforeAll(() => {
  workspace = new Workspace();
});
afterAll(() => workspace[Symbol.dispose]());

const nodePath = (name: string) => resolve(`targets/process/testing/nodes/${name}.mjs`);
const NO_DOCKER = { DOCKER_HOST: "unix:///nonexistent/docker.sock" };

/** A short run of a demonstration node. */
function run(name: string, workload: string, options: readonly string[] = [], ...args: readonly string[]) {
  const base = [
    "run",
    "--bin",
    "node",
    "--workload",
    workload,
    "--nodes",
    "3",
    "--time",
    "2s",
    "--seed",
    "1",
  ];
  return workspace.assay(...base, ...options, "--", nodePath(name), ...args);
}

const SHORT_QUIET = ["-o", "quiet=300ms", "--recovery", "3s"];
const PARTITIONS = [...SHORT_QUIET, "--time", "4s", "--nemesis", "partition:one", "--nemesis-interval", "1s"];

describe("assay run --bin", () => {
  test("runs a program by its path", async () => {
    const { exitCode, stdout } = await workspace.assay(
      ...["run", "--bin", nodePath("echo"), "--workload", "echo", "--nodes", "1", "--time", "1s", "--json"],
    );
    expect(exitCode).toBe(0);
    const { folder, verdict } = JSON.parse(stdout) as { folder: string; verdict: object };
    expect(verdict).toMatchObject({ validity: "valid", model: "echo" });
    expect(JSON.parse(readFileSync(workspace.path(folder, "manifest.json"), "utf8"))).toMatchObject({
      target: "bin",
      environment: "process",
      targetOptions: { bin: nodePath("echo"), args: "[]" },
    });
  });

  test("of a program whose arguments follow --, from where the user is", async () => {
    const { exitCode, stdout } = await run("unique-ids", "unique-ids");
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("VALID") });
    expect(readFileSync(workspace.path("assay-results", "latest", "logs", "n3.log"), "utf8")).toContain(
      "[assay] run 1",
    );
    expect(existsSync(workspace.path("assay-results", "latest", CHILDREN_FILE))).toBe(false);
  });

  test.each([
    ["broadcast", "broadcast", PARTITIONS],
    ["g-set", "g-set", SHORT_QUIET],
    ["g-counter", "g-counter", [...SHORT_QUIET, "--nemesis", "kill:one", "--nemesis-interval", "500ms"]],
    ["pn-counter", "pn-counter", SHORT_QUIET],
    ["kv-proxy", "lin-kv", ["--nemesis", "pause:one", "--nemesis-interval", "300ms"]],
  ])("%s as %s comes out valid", async (name, workload, options) => {
    const { exitCode, stdout } = await run(name, workload, options);
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ["broadcast", ["--once"], "broadcast", PARTITIONS, "lost-update"],
    ["unique-ids-by-counter", [], "unique-ids", [], "nonlinearizable"],
    ["g-counter", ["lww-kv"], "g-counter", SHORT_QUIET, "eventual"],
    ["kv-proxy", ["seq-kv"], "lin-kv", [], "nonlinearizable"],
  ])("%s %j as %s does not", async (name, args, workload, options, anomaly) => {
    const { exitCode, stdout } = await run(name, workload, options, ...args);
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(anomaly) });
  });

  test("of a node that prints what is no message exits 4, and says which, where and what", async () => {
    const { exitCode, stderr } = await run("broken", "echo", [], "prints garbage");
    expect(exitCode).toBe(4);
    expect(stderr).toContain('n1 wrote no JSON: line 1 of its standard output is "Listening on port 80"');
  });

  test("of a node that ends by itself under load exits 4, with its last words", async () => {
    const { exitCode, stderr } = await run("broken", "echo", [], "dies later");
    expect(exitCode).toBe(4);
    expect(stderr).toContain("a bug of the node's own");
  });

  test.each([
    [["run", "bin"], "bin needs the option bin"],
    [["run", "--bin", "node", "--workload", "list"], "bin has no requests for the workload list"],
    [["run", "--bin", "node", "one", "two"], "assay run takes one target"],
    [["run", "etcd", "--bin", "node"], 'has an option "bin"'],
  ])("%j is refused before anything starts", async (args, text) => {
    const { exitCode, stderr } = await workspace.assay(...args);
    expect(exitCode).toBe(64);
    expect(stderr).toContain(text);
  });
});

describe("nothing survives", () => {
  const clock = new RealClock();
  const gone = (pids: readonly number[]) =>
    pollUntil(clock, { timeoutMs: 10_000, everyMs: 10 }, async () =>
      pids.every((pid) => processEntry(pid) === undefined),
    );

  /** A run in a folder of its own that has reached its load, and the processes of its nodes. */
  async function underLoad(out: string, ...program: readonly string[]) {
    const started = workspace.start(
      [
        "run",
        "--bin",
        "node",
        "--workload",
        "echo",
        "--nodes",
        "2",
        "--time",
        "60s",
        "--out",
        out,
        "--",
        ...program,
      ],
      NO_DOCKER,
    );
    await started.says("run folder");
    const children = () => {
      const folder = workspace.path(out);
      const [run] = existsSync(folder) ? readdirSync(folder).filter((name) => name !== "latest") : [];
      const file = workspace.path(out, run ?? "", CHILDREN_FILE);
      if (run === undefined || !existsSync(file)) return [];
      const lines = readFileSync(file, "utf8").split("\n");
      return lines.filter((line) => line !== "").map((line) => (JSON.parse(line) as { pid: number }).pid);
    };
    await pollUntil(clock, { timeoutMs: 20_000, everyMs: 10 }, async () => children().length === 2);
    return { ...started, pids: children() };
  }

  test.each(["SIGTERM", "SIGINT"] as const)("a run that %s ends", async (signal) => {
    const { child, finished, pids } = await underLoad(`out-${signal}`, nodePath("echo"));
    child.kill(signal);
    expect((await finished).exitCode).toBe(signal === "SIGINT" ? 130 : 143);
    expect(await gone(pids)).toBe(true);
  });

  test("a run that is killed, where nodes read their input to its end", async () => {
    const { child, finished, pids } = await underLoad("out-killed", nodePath("echo"));
    child.kill("SIGKILL");
    await finished;
    expect(await gone(pids)).toBe(true);
  });

  test("assay clean, where they do not", async () => {
    const { child, finished, pids } = await underLoad(
      "out-clean",
      nodePath("broken"),
      "survives the end of its input",
    );
    child.kill("SIGKILL");
    await finished;
    expect(pids.map((pid) => processEntry(pid)?.state)).toEqual(["runs", "runs"]);
    const { stdout } = await workspace.start(["clean", "--out", "out-clean"], NO_DOCKER).finished;
    expect(stdout).toContain(`ended process ${pids[0]}, n1 of out-clean/`);
    expect(await gone(pids)).toBe(true);
  });
});
