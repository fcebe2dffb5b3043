import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { monotonicMs } from "../harness/clock/index.ts";

/** A run of `assay` as a process of its own, from its start to its end. */
export interface Measured {
  readonly stdout: string;
  readonly exitCode: number | null;
  readonly ms: number;
  readonly peakBytes: number;
}

const PROGRAM = fileURLToPath(new URL("../cli/main.js", import.meta.url));

/**
 * Runs in the process before the program, and tells at its end how much memory it had at most. Linux counts into maxRSS what
 * the process was forked from, so there the kernel is asked for the high-water mark.
 */
const REPORT_PEAK = `
import { existsSync, readFileSync, writeSync } from "node:fs";
process.on("exit", () => {
  const status = "/proc/self/status";
  const known = existsSync(status) ? /VmHWM:\\s+(\\d+)/.exec(readFileSync(status, "utf8"))?.[1] : undefined;
  writeSync(3, String(known ?? process.resourceUsage().maxRSS));
});`;

/** Runs the built `assay` with these arguments. */
export async function measure(args: readonly string[]): Promise<Measured> {
  const startMs = monotonicMs();
  const preload = `data:text/javascript,${encodeURIComponent(REPORT_PEAK)}`;
  const child = spawn(process.execPath, ["--import", preload, PROGRAM, ...args], {
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const [stdout, peakKiB] = [1, 3].map((descriptor) => {
    const said = { text: "" };
    child.stdio[descriptor]?.on("data", (chunk: Buffer) => {
      said.text += chunk.toString("utf8");
    });
    return said;
  }) as [{ text: string }, { text: string }];
  const [exitCode] = (await once(child, "close")) as [number | null];
  return {
    stdout: stdout.text,
    exitCode,
    ms: monotonicMs() - startMs,
    peakBytes: Number(peakKiB.text) * 2 ** 10,
  };
}
