import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Manifest } from "../results/manifest.ts";
import type { Verdict } from "../results/verdict.ts";
import type { RunSize } from "./shrink/size.ts";
import { Workspace } from "./testing/assay.ts";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

const assay = (line: string) => workspace.assay(...line.split(" "));
const file = (folder: string, name: string) => readFileSync(workspace.path(folder, name), "utf8");

/** A run of primary-local-reads that is not linearizable. */
const RUN = "found/latest";

beforeAll(async () => {
  const { exitCode } = await assay(
    "run --protocol primary-local-reads --workload register --consistency linearizable --nemesis partition,kill --seed 2 --time 10s --out found",
  );
  expect(exitCode).toBe(1);
});

describe("assay replay", () => {
  test("has the same bytes in another process, and says so", async () => {
    const { exitCode, stdout } = await assay(`replay ${RUN}`);
    expect(stdout).toMatch(/^REPLAYED: the same \d+ events, byte for byte$/m);
    expect(stdout).toContain("INVALID");
    expect(exitCode).toBe(1);
  });

  test("says at which event it differs, with both lines and what else is different", async () => {
    await assay("run --seed 5 --time 1s --out changed");
    const history = file("changed/latest", "history.jsonl").split("\n");
    const changed = (history[7] ?? "").replace(/"time":\d+/, '"time":1');
    writeFileSync(workspace.path("changed/latest/history.jsonl"), history.with(7, changed).join("\n"));
    const { stdout, exitCode } = await assay("replay changed/latest");
    expect(stdout).toContain("DIFFERENT from event 7 on");
    expect(stdout).toContain(`recorded  ${changed}`);
    expect(stdout).toContain(`replayed  ${history[7]}`);
    expect(exitCode).toBe(70);

    const manifest = JSON.parse(file("changed/latest", "manifest.json")) as Manifest;
    const old = { ...manifest, versions: { ...manifest.versions, assay: "0.0.1", node: "v1.0.0" } };
    writeFileSync(workspace.path("changed/latest/manifest.json"), JSON.stringify(old));
    const again = await assay("replay changed/latest --json");
    const { comparison, changes } = JSON.parse(again.stdout) as { comparison: unknown; changes: string[] };
    expect(comparison).toMatchObject({ is: "different", event: 7 });
    expect(changes).toEqual([
      expect.stringContaining("assay 0.0.1 then"),
      expect.stringContaining("Node v1.0.0 then"),
    ]);
    expect(again.exitCode).toBe(0);
  });

  test("of a run that was ended early goes on where it ended", async () => {
    await assay("run --seed 5 --time 1s --out ended");
    const manifest = JSON.parse(file("ended/latest", "manifest.json")) as Manifest;
    writeFileSync(workspace.path("ended/latest/manifest.json"), JSON.stringify({ ...manifest, end: null }));
    const history = file("ended/latest", "history.jsonl");
    writeFileSync(workspace.path("ended/latest/history.jsonl"), history.slice(0, 2_000));
    const { stdout } = await assay("replay ended/latest");
    expect(stdout).toMatch(/REPLAYED: the run was ended early; its first \d+ events are the same/);
  });

  test("applies the same faults and operations to another protocol, as a run of its own that replays", async () => {
    const { exitCode, stdout } = await assay(`replay ${RUN} --protocol raft --out raft`);
    expect(stdout).toMatch(/^VALID/);
    expect(exitCode).toBe(0);
    const before = JSON.parse(file(RUN, "manifest.json")) as Manifest;
    const after = JSON.parse(file("raft/latest", "manifest.json")) as Manifest;
    expect(after.targetOptions["protocol"]).toBe("raft");
    expect(after.schedule).toEqual(before.schedule);
    expect(after.script?.operations).toBeGreaterThan(500);
    expect((await assay("replay raft/latest")).stdout).toContain("REPLAYED: the same");
  });

  test.each([
    ["replay nowhere", "is no manifest of a run"],
    [`replay ${RUN} --protocol rfat`, "must be one of"],
    [`replay ${RUN} --target etcd -o nothing=1`, "has an option"],
    [`replay ${RUN} --consistency linearisable`, "there is no consistency"],
  ])("assay %s is refused", async (line, message) => {
    const { exitCode, stderr } = await assay(line);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(64);
  });
});

describe("assay shrink", () => {
  test("leaves a few operations, tells their story, and keeps a run that replays", {
    timeout: 240_000,
  }, async () => {
    const { exitCode, stdout, stderr } = await assay(`shrink ${RUN} --budget 1500 --time 200s --out small`);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/\d+ runs {2}\d+ operations? of/);
    const [, folder = ""] = /^Run folder: (.+)$/m.exec(stdout) ?? [];
    expect(readdirSync(workspace.path(folder)).sort()).toEqual([
      "history.jsonl",
      "logs",
      "manifest.json",
      "messages.jsonl",
      "operations.jsonl",
      "report.txt",
      "story.txt",
      "verdict.json",
    ]);
    expect(stdout).toContain(file(folder, "story.txt").trimEnd());
    expect(stdout).toMatch(/^ +client \d.* n\d/m);
    const verdict = JSON.parse(file(folder, "verdict.json")) as Verdict;
    expect(verdict.validity).toBe("invalid");
    expect(file(folder, "operations.jsonl").trim().split("\n").length).toBeLessThanOrEqual(10);
    const replayed = await assay(`replay ${folder}`);
    expect(replayed.stdout).toContain("REPLAYED: the same");
    expect((await assay(`check ${folder}`)).exitCode).toBe(1);

    const again = await assay(`shrink ${RUN} --budget 1500 --time 200s --out again --json`);
    const result = JSON.parse(again.stdout) as { folder: string; size: RunSize };
    expect(file(result.folder, "history.jsonl")).toBe(file(folder, "history.jsonl"));
    expect(result.size.faults).toBeLessThanOrEqual(3);
  });

  test("refuses a run that violates nothing", async () => {
    await assay("run --seed 5 --time 1s --out valid");
    const { exitCode, stderr } = await assay("shrink valid/latest");
    expect(stderr).toContain("there is no anomaly to keep");
    expect(exitCode).toBe(64);
  });
});
