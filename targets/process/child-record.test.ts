import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RealClock } from "../../harness/clock/index.ts";
import { pollUntil } from "../poll.ts";
import { CHILDREN_FILE, childRecorder, endLeftoverProcesses } from "./child-record.ts";
import { processEntry } from "./process-table.ts";

let child: ChildProcess;
let parent: string;
let folder: string;
let pid: number;
let started: string;

beforeEach(async () => {
  child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { detached: true, stdio: "ignore" });
  await once(child, "spawn");
  pid = child.pid as number;
  started = processEntry(pid)?.started as string;
  parent = mkdtempSync(join(tmpdir(), "assay-leftovers-"));
  folder = join(parent, "a-run");
  mkdirSync(folder);
});
afterEach(() => {
  child.kill("SIGKILL");
  rmSync(parent, { recursive: true, force: true });
});

/** An owner that is certainly gone: its id belongs to somebody who was started at another time. */
const gone = { pid: process.pid, started: "before all time" };

function writeDown(record: object): void {
  appendFileSync(
    join(folder, CHILDREN_FILE),
    `${JSON.stringify({ node: "n1", pid, started, host: hostname(), owner: gone, ...record })}\n`,
  );
}

const clean = (force = false) => endLeftoverProcesses(parent, { force });
const runs = () => processEntry(pid)?.state === "runs";

test("a process whose run is gone is ended", async () => {
  writeDown({});
  expect(clean()).toEqual({ ended: [{ folder, node: "n1", pid }], kept: [] });
  expect(await pollUntil(new RealClock(), { timeoutMs: 10_000, everyMs: 5 }, async () => !runs())).toBe(true);
  expect(clean()).toEqual({ ended: [], kept: [] });
});

test("one whose run is alive is left alone, unless it is forced", () => {
  childRecorder(folder, () => {})({ node: "n1", pid, started });
  expect(clean()).toEqual({
    ended: [],
    kept: [{ folder, node: "n1", pid, reason: `its run is alive, as process ${process.pid}` }],
  });
  expect(runs()).toBe(true);
  expect(clean(true).ended).toHaveLength(1);
});

test.each([
  ["another process with the same id", { started: "at another time" }],
  ["a process of another machine", { host: "elsewhere" }],
])("%s is none of ours", (_, record) => {
  writeDown(record);
  expect(clean(true)).toEqual({ ended: [], kept: [] });
  expect(runs()).toBe(true);
});

test("a line that a kill cut short harms nothing, and no folder of runs is no leftover", () => {
  writeDown({});
  writeFileSync(join(folder, CHILDREN_FILE), '{"node":"n1","pi', { flag: "a" });
  expect(clean().ended).toHaveLength(1);
  expect(endLeftoverProcesses(join(parent, "nowhere"), { force: false })).toEqual({ ended: [], kept: [] });
});
