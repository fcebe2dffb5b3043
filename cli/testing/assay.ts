import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const BINARY = resolve("dist/cli/main.js");

export interface Finished {
  /** `null` where a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when stderr has said this. */
  says(text: string): Promise<void>;
}

/** A folder of its own for a user who runs the built program, removed at the end. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), "assay-cli-"));

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** Runs `assay` to its end. */
  assay(...args: string[]): Promise<Finished> {
    return this.start(args).finished;
  }

  /** Runs `assay` to its end, with something on standard input. */
  assayWith(input: string | Uint8Array, ...args: string[]): Promise<Finished> {
    return this.start(args, {}, input).finished;
  }

  start(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    input?: string | Uint8Array,
  ): Started {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is not there: run npm run build`);
    const child = spawn(process.execPath, [BINARY, ...args], {
      cwd: this.folder,
      env: { ...process.env, ...env },
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    child.stdin?.end(input);
    let stdout = "";
    let stderr = "";
    const listeners = new Set<() => void>();
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      for (const listener of listeners) listener();
    });
    const finished = new Promise<Finished>((done, failed) => {
      child.once("error", failed);
      child.once("close", (exitCode) => done({ exitCode, stdout, stderr }));
    });
    const says = (text: string) =>
      new Promise<void>((heard, failed) => {
        const listen = () => {
          if (!stderr.includes(text)) return;
          listeners.delete(listen);
          heard();
        };
        listeners.add(listen);
        void finished.then(() => failed(new Error(`it ended without saying ${text}: ${stderr}`)));
        listen();
      });
    return { child, finished, says };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
