import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { RealClock } from "../../harness/clock/index.ts";
import { pollUntil } from "../poll.ts";
import { processEntry, signalGroup } from "./process-table.ts";

let child: ChildProcess | undefined;
afterEach(() => child?.kill("SIGKILL"));

async function sleeping(): Promise<number> {
  child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { detached: true, stdio: "ignore" });
  await once(child, "spawn");
  return child.pid as number;
}

const becomes = (pid: number, state: string | undefined) =>
  pollUntil(
    new RealClock(),
    { timeoutMs: 10_000, everyMs: 5 },
    async () => processEntry(pid)?.state === state,
  );

test("a process runs, is stopped, runs again and is gone, and was started once", async () => {
  const pid = await sleeping();
  const started = processEntry(pid)?.started;
  expect(await becomes(pid, "runs")).toBe(true);
  expect(signalGroup(pid, "SIGSTOP")).toBe(true);
  expect(await becomes(pid, "stopped")).toBe(true);
  expect(processEntry(pid)?.started).toBe(started);
  signalGroup(pid, "SIGCONT");
  expect(await becomes(pid, "runs")).toBe(true);
  signalGroup(pid, "SIGKILL");
  expect(await becomes(pid, undefined)).toBe(true);
  expect(signalGroup(pid, "SIGKILL")).toBe(false);
});

test("another process was started at another time", async () => {
  const pid = await sleeping();
  expect(processEntry(process.pid)?.started).toBeTruthy();
  expect(processEntry(pid)?.started).not.toBe(processEntry(process.pid)?.started);
});
