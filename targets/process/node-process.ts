import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { type Clock, NS_PER_MS, Wakeup } from "../../harness/clock/index.ts";
import { LineSplitter } from "./line-splitter.ts";
import { processEntry, signalGroup } from "./process-table.ts";

/** How a node's program is called. */
export interface NodeCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Who hears of a process. */
export interface ProcessListener {
  /** A line on its standard output; `number` counts from 1. */
  line(text: string, number: number): void;
  /** A line that is longer than {@link MAX_LINE_BYTES}, by its beginning. */
  tooLong(start: string, number: number): void;
  /** What it wrote to its standard error. */
  log(chunk: Uint8Array): void;
  ended(end: ProcessEnd): void;
}

/** The longest line that a node may write. */
export const MAX_LINE_BYTES = 2 ** 20;

/** How long the output of a process that is gone may still be read: a grandchild may hold the pipe open. */
const OUTPUT_ENDS_WITHIN_NS = 500 * NS_PER_MS;

/** What may wait for a node that does not read its standard input, beside what the system's pipe holds. */
export const MAX_UNREAD_BYTES = 32 * 2 ** 20;

/**
 * One run of a node's program: a child process at the head of a process group of its own, so that a signal reaches
 * whatever it starts, and a Ctrl-C in the terminal reaches none of it. Its standard input closes when this process
 * ends, however it ends: a program that reads it to its end leaves then.
 */
export class NodeProcess {
  /** Rejects where the program cannot be started. */
  readonly spawned: Promise<void>;
  /** Resolves when the process is gone, and its output read as far as it can be. */
  readonly gone: Promise<void>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #started = "";
  #end: ProcessEnd | undefined;
  #deaf = false;

  constructor({ command, args }: NodeCommand, clock: Clock, listener: ProcessListener) {
    const child = spawn(command, args, { detached: true, stdio: ["pipe", "pipe", "pipe"] });
    this.#child = child;
    this.spawned = new Promise((resolve, reject) => {
      child.once("spawn", () => {
        this.#started = processEntry(this.pid)?.started ?? "";
        resolve();
      });
      child.once("error", reject);
    });
    this.gone = new Promise((resolve) => {
      child.once("error", () => resolve());
      child.once("close", () => resolve());
      child.once("exit", (code, signal) => {
        this.#end = { code, signal };
        child.stdin.destroy();
        listener.ended(this.#end);
        const closed = new Wakeup();
        child.once("close", () => closed.wake());
        void clock.wait(closed, clock.nowNs() + OUTPUT_ENDS_WITHIN_NS).then(() => {
          child.stdout.destroy();
          child.stderr.destroy();
        });
      });
    });
    const splitter = new LineSplitter(MAX_LINE_BYTES, {
      line: (text, number) => {
        if (!this.#deaf) listener.line(text, number);
      },
      tooLong: listener.tooLong,
    });
    child.stdout.on("data", (chunk: Uint8Array) => {
      if (!this.#deaf) splitter.push(chunk);
    });
    child.stderr.on("data", listener.log);
    for (const stream of [child.stdin, child.stdout, child.stderr]) {
      stream.on("error", () => {
        // EPIPE: the node closed it, or ended. Its end is told by itself.
      });
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** See `ProcessEntry.started`; known once it is spawned. */
  get started(): string {
    return this.#started;
  }

  /** How it ended; undefined as long as it runs. */
  get end(): ProcessEnd | undefined {
    return this.#end;
  }

  /** Puts a line on its standard input; false where too much waits there already, and the line is dropped. */
  write(line: string): boolean {
    const { stdin } = this.#child;
    if (stdin.writableLength > MAX_UNREAD_BYTES) return false;
    if (stdin.writable) stdin.write(`${line}\n`);
    return true;
  }

  /** Takes no more lines from it. */
  ignore(): void {
    this.#deaf = true;
  }

  /** Signals it and whatever it started; whether anything was there to hear it. */
  signal(signal: NodeJS.Signals): boolean {
    // Of a process that is gone the id may be somebody else's.
    return this.#end === undefined && this.pid > 0 && signalGroup(this.pid, signal);
  }
}
