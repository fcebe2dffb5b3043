import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import type { HuntState } from "./hunt/hunt-state.ts";
import { Workspace } from "./testing/assay.ts";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

const LINEARIZABLE = "--protocol primary-local-reads --workload register --consistency linearizable";

interface Found {
  readonly folder: string;
  readonly exitCode: number;
  readonly hunt: HuntState;
}

async function hunted(line: string): Promise<Found & { stderr: string }> {
  const { stdout, stderr } = await workspace.assay("hunt", ...line.split(" "), "--json");
  return { ...(JSON.parse(stdout) as Found), stderr };
}

/** What is a function of the seeds: all but the time that it took. */
const withoutTime = ({ hunt }: Found) => ({ ...hunt, elapsedMs: 0 });
const read = (...path: string[]) => readFileSync(workspace.path(...path), "utf8");

describe("assay hunt", () => {
  test("finds that primary-local-reads is not linearizable, keeps the run and exits 1", async () => {
    const { exitCode, stdout, stderr } = await workspace.assay(
      ..."hunt --workers 1 --out found".split(" "),
      ...LINEARIZABLE.split(" "),
    );
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^INVALID: seed \d+ is not linearizable/);
    const [, folder = ""] = /^Hunt folder: (.+)$/m.exec(stdout) ?? [];
    expect(stderr).toContain(`hunt folder ${folder}`);
    const run = /^assay shrink (\S+)/m.exec(stdout)?.[1] ?? "";
    expect(readdirSync(workspace.path(run)).sort()).toEqual([
      "history.jsonl",
      "logs",
      "manifest.json",
      "report.txt",
      "verdict.json",
    ]);
    const checked = await workspace.assay("check", run);
    expect(checked.exitCode).toBe(1);
  });

  test("comes to the same with one worker and with two, in two processes", { timeout: 240_000 }, async () => {
    const line = `${LINEARIZABLE} --seeds 12 --keep-going`;
    const one = await hunted(`${line} --workers 1 --out one`);
    const two = await hunted(`${line} --workers 2 --out two`);
    expect(one.hunt.done).toBe(12);
    expect(one.hunt.violations.length).toBeGreaterThan(1);
    expect(withoutTime(two)).toEqual(withoutTime(one));
    for (const { folder } of one.hunt.violations) {
      const history = read(one.folder, folder, "history.jsonl");
      expect(read(two.folder, folder, "history.jsonl")).toBe(history);
    }
  });

  test("of raft finds nothing and exits 0", async () => {
    const { exitCode, hunt } = await hunted(
      "--seeds 5 --workers 2 --out raft --workload register --consistency linearizable",
    );
    expect(exitCode).toBe(0);
    expect(hunt).toMatchObject({ done: 5, counts: { valid: 5, invalid: 0, unknown: 0 } });
    expect(hunt.combinations.length).toBeGreaterThan(2);
  });

  test("killed goes on where it was", { timeout: 240_000 }, async () => {
    const line = `--seeds 25 --keep-going ${LINEARIZABLE} --load 2s`;
    const { child, finished, says } = workspace.start(`hunt ${line} --workers 1 --out killed`.split(" "));
    await says("hunt folder killed/");
    const folder = join("killed", readdirSync(workspace.path("killed"))[0] ?? "");
    await expect
      .poll(() => (JSON.parse(read(folder, "hunt.json")) as HuntState).done, { timeout: 60_000 })
      .toBeGreaterThan(2);
    child.kill("SIGKILL");
    await finished;
    const cut = (JSON.parse(read(folder, "hunt.json")) as HuntState).done;
    expect(cut).toBeLessThan(25);
    const resumed = await hunted(`--resume ${folder} --workers 2`);
    const whole = await hunted(`${line} --workers 2 --out whole`);
    expect(withoutTime(resumed)).toEqual(withoutTime(whole));
    for (const violation of whole.hunt.violations) {
      expect(existsSync(workspace.path(folder, violation.folder, "verdict.json"))).toBe(true);
    }
    const nothingLeft = await hunted(`--resume ${folder} --workers 2`);
    expect(withoutTime(nothingLeft)).toEqual(withoutTime(whole));
  });

  test("interrupted says what it found so far, and exits 130", async () => {
    const { child, finished, says } = workspace.start(
      "hunt --seeds 1000000 --workers 2 --out interrupted --workload register --consistency linearizable".split(
        " ",
      ),
    );
    await says("hunt folder");
    child.kill("SIGINT");
    const { exitCode, stdout } = await finished;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/assay hunt --resume interrupted\//);
  });

  test.each([
    ["hunt etcd", "runs in real time", "reference-store"],
    ["hunt --protocol rfat", "must be one of", ""],
    ["hunt --resume nowhere", "nowhere is no folder of a hunt", ""],
    ["hunt --resume nowhere --nodes 3", "takes no other target", ""],
    ["hunt --seeds 0", "--seeds must be a whole number", ""],
  ])("assay %s is refused", async (line, message, hint) => {
    const { exitCode, stdout, stderr } = await workspace.assay(...line.split(" "));
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });

  test("whose folder holds no state of a hunt is refused", async () => {
    const { folder } = await hunted("--seeds 1 --out broken --workload register --consistency linearizable");
    writeFileSync(workspace.path(folder, "hunt.json"), "{}");
    const { exitCode } = await workspace.assay("hunt", "--resume", folder);
    expect(exitCode).toBe(64);
    rmSync(workspace.path(folder), { recursive: true });
  });
});

describe("a thread of a hunt", () => {
  const thread = async () =>
    (await import(
      pathToFileURL(resolve("dist/cli/hunt/hunt-thread.js")).href
    )) as typeof import("./hunt/hunt-thread.ts");

  test("that dies is a bug that names the seed", async () => {
    const { seedsOnThread } = await thread();
    const program = workspace.path("dies.mjs");
    writeFileSync(
      program,
      'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit(3));',
    );
    const runner = seedsOnThread({ target: "reference-store", fixed: {} }, pathToFileURL(program));
    await expect(runner.run(17)).rejects.toMatchObject({
      name: "BugError",
      code: "hunt-thread-died",
      message: "a thread of the hunt died at seed 17: it ended with code 3",
    });
    await expect(runner.run(18)).rejects.toMatchObject({ code: "hunt-thread-died" });
    await runner.close();
  });

  test("tells a user's mistake as one", async () => {
    const { seedsOnThread } = await thread();
    const runner = seedsOnThread({ target: "reference-store", fixed: { protocol: "rfat" } });
    await expect(runner.run(1)).rejects.toMatchObject({ name: "UsageError", code: "bad-option" });
    await runner.close();
  });
});
