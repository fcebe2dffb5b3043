import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process, as the system's table of processes has it. */
export interface ProcessEntry {
  readonly state: "runs" | "stopped" | "ended";
  /**
   * When it was started, as the system tells it: with the process id it names one process, since an id is used again
   * when its process is gone. Compare it, read nothing from it.
   */
  readonly started: string;
}

/**
 * The process with this id; undefined where there is none. Linux tells by `/proc` (proc(5): the state, and the start in
 * ticks since the boot, to which the boot is added). Elsewhere `ps` tells, whose start is as fine as a second.
 */
export function processEntry(pid: number): ProcessEntry | undefined {
  return process.platform === "linux" ? entryOfProc(pid) : entryOfPs(pid);
}

function entryOfProc(pid: number): ProcessEntry | undefined {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the program's name in parentheses and may hold anything, parentheses too.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: stateOf(fields[0] ?? ""), started: `${bootId()}/${fields[19]}` };
}

function entryOfPs(pid: number): ProcessEntry | undefined {
  try {
    const env = { ...process.env, LC_ALL: "C" };
    const line = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { env, encoding: "utf8" });
    const [, state = "", started = ""] = /^(\S+)\s+(.+)$/.exec(line.trim()) ?? [];
    return state === "" ? undefined : { state: stateOf(state), started };
  } catch {
    // It ends with 1 where there is no such process.
    return undefined;
  }
}

/** `T`: stopped by a signal. `Z`, `X`: ended, and nobody has asked how. */
function stateOf(letters: string): ProcessEntry["state"] {
  if (letters.startsWith("T")) return "stopped";
  return /^[ZXx]/.test(letters) ? "ended" : "runs";
}

function bootId(): string {
  return readOrNothing("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Sends a signal to a process and every other one of its group; whether there was any. */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM"))
      return false;
    throw error;
  }
}
