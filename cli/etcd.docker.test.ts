import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import type { Manifest } from "../results/manifest.ts";
import type { Verdict } from "../results/verdict.ts";
import { Workspace } from "./testing/assay.ts";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

const readJson = <T>(...path: string[]): T => JSON.parse(readFileSync(workspace.path(...path), "utf8")) as T;

/** What a run left in the engine, by its label. */
function leftBy(out: string): string[] {
  const { runId } = readJson<Manifest>(out, "latest", "manifest.json");
  const names = (...args: string[]) =>
    execFileSync("docker", [...args, "--filter", `label=assay=${runId}`], { encoding: "utf8" }).split("\n");
  return [
    ...names("ps", "--all", "--format", "{{.Names}}"),
    ...names("network", "ls", "--format", "{{.Name}}"),
    ...names("volume", "ls", "--format", "{{.Name}}"),
  ].filter(Boolean);
}

/** By this seed's schedule one node is cut off for almost 4 s while nothing else is wrong: time to see stale reads. */
const SEED = 130;

describe("three real etcd nodes under partitions, kills and pauses", () => {
  test("with etcd's default reads come out linearizable, and nothing is left behind", async () => {
    const { exitCode, stdout, stderr } = await workspace.assay(
      ...`run etcd --nodes 3 --nemesis partition,kill,pause --time 20s --seed ${SEED} --out quorum`.split(
        " ",
      ),
    );
    expect({ exitCode, stdout: exitCode === 0 ? "" : `${stdout}${stderr}` }).toEqual({
      exitCode: 0,
      stdout: "",
    });
    expect(stdout).toMatch(/^VALID: every client saw a linearizable cas-register/);
    expect(stdout).toMatch(/partition .* packets dropped/);
    expect(stdout).toMatch(/kill .* exit code 137.* runs again/);
    expect(stdout).toMatch(/pause .* paused; .* resumed/);
    expect(leftBy("quorum")).toEqual([]);
    const manifest = readJson<Manifest>("quorum", "latest", "manifest.json");
    expect(manifest.versions["etcd"]).toMatch(/^3\./);
    expect(readdirSync(workspace.path("quorum", "latest", "logs")).sort()).toEqual([
      "n1.log",
      "n2.log",
      "n3.log",
    ]);
    expect(readFileSync(workspace.path("quorum", "latest", "logs", "n1.log"), "utf8")).toContain("etcd");
    const { evidence } = readJson<Verdict>("quorum", "latest", "verdict.json");
    for (const kind of ["partition", "kill", "pause"]) {
      expect(evidence?.faults.some((fault) => fault.kind === kind && fault.effective)).toBe(true);
    }
  });

  test("with serializable reads show stale ones", async () => {
    const { exitCode, stdout } = await workspace.assay(
      ...`run etcd --nodes 3 --nemesis partition,kill,pause --time 20s --seed ${SEED} --option reads=serializable --out local`.split(
        " ",
      ),
    );
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/process \d+ read \S+ from k\d+ at \d+\.\d{3} s, but/);
    expect(leftBy("local")).toEqual([]);
  });
});

describe("a run that ends early", () => {
  afterEach(() => workspace.assay("clean"));

  test("by kill -9 leaves a history to check, and clean removes the rest", async () => {
    const { child, finished, says } = workspace.start(
      "run etcd --nemesis partition,kill,pause --time 60s --nemesis-interval 2s --out killed".split(" "),
    );
    await says("clients under load");
    const history = workspace.path("killed", "latest", "history.jsonl");
    await expect
      .poll(() => readFileSync(history, "utf8"), { timeout: 60_000 })
      .toMatch(/"type":"ok","process":"nemesis"/);
    child.kill("SIGKILL");
    expect((await finished).exitCode).toBeNull();
    expect(leftBy("killed")).not.toEqual([]);
    const checked = await workspace.assay("check", "killed/latest", "--json");
    expect(checked.exitCode).toBe(2);
    const { verdict } = JSON.parse(checked.stdout) as { verdict: Verdict };
    expect(verdict.checks[0]).toMatchObject({ checker: "linearizable", validity: "valid" });
    expect(verdict.checks[1]?.reasons.map(({ code }) => code)).toContain("no-recovery");
    expect((await workspace.assay("clean")).exitCode).toBe(0);
    expect(leftBy("killed")).toEqual([]);
  });

  test("by SIGINT heals, keeps and judges what there is, and removes everything", async () => {
    const { child, finished, says } = workspace.start(
      "run etcd --nemesis partition,kill,pause --time 60s --nemesis-interval 2s --out interrupted".split(" "),
    );
    await says("clients under load");
    const history = workspace.path("interrupted", "latest", "history.jsonl");
    await expect
      .poll(() => readFileSync(history, "utf8"), { timeout: 60_000 })
      .toMatch(/"type":"ok","process":"nemesis"/);
    child.kill("SIGINT");
    const { exitCode, stdout } = await finished;
    expect(exitCode).toBe(130);
    expect(stdout).toContain("interrupted");
    expect(readFileSync(history, "utf8")).toContain('"f":"final-heal"');
    expect(leftBy("interrupted")).toEqual([]);
  });

  test("by SIGINT while the nodes start removes everything and exits 130", async () => {
    const { child, finished, says } = workspace.start("run etcd --out starting".split(" "));
    await says("starting 3 containers");
    child.kill("SIGINT");
    const { exitCode, stderr } = await finished;
    expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: expect.stringContaining("interrupted") });
    expect(leftBy("starting")).toEqual([]);
  });

  test("by two SIGINTs ends at once; clean removes what it left", async () => {
    const { child, finished, says } = workspace.start("run etcd --time 60s --out twice".split(" "));
    await says("clients under load");
    child.kill("SIGINT");
    await says("once more stops at once");
    child.kill("SIGINT");
    expect((await finished).exitCode).toBe(130);
    await workspace.assay("clean");
    expect(leftBy("twice")).toEqual([]);
  });
});

test("a node that ends by itself is no fault of the nemesis: nothing is said, exit 4, and check agrees", async () => {
  const { finished, says } = workspace.start("run etcd --time 6s --out crashed".split(" "));
  await says("clients under load");
  const { runId } = readJson<Manifest>("crashed", "latest", "manifest.json");
  execFileSync("docker", ["kill", "--signal", "ABRT", `assay-${runId}-n1`]);
  const { exitCode, stdout, stderr } = await finished;
  expect(exitCode).toBe(4);
  expect(stdout).toMatch(/^UNKNOWN/);
  expect(stdout).toContain("(environment, node-died)");
  expect(stderr).toMatch(/node n1 ended by itself with exit code \d+/);
  const verdict = readJson<Verdict>("crashed", "latest", "verdict.json");
  const checked = await workspace.assay("check", "crashed/latest", "--json");
  expect(checked.exitCode).toBe(2);
  expect((JSON.parse(checked.stdout) as { verdict: Verdict }).verdict).toEqual(verdict);
  expect(leftBy("crashed")).toEqual([]);
});

test("a port in use is the environment's fault: exit 4, naming it", async () => {
  const holder = workspace.start([
    "run",
    "etcd",
    "--time",
    "60s",
    "--out",
    "holder",
    "--option",
    "ports=12379",
  ]);
  await holder.says("clients under load");
  const { exitCode, stderr } = await workspace.assay(
    "run",
    "etcd",
    "--option",
    "ports=12379",
    "--out",
    "second",
  );
  holder.child.kill("SIGINT");
  expect(exitCode).toBe(4);
  expect(stderr).toMatch(/port 123(79|80|81)/);
  expect((await holder.finished).exitCode).toBe(130);
  expect(leftBy("second")).toEqual([]);
});
