import type { Clock } from "../../harness/clock/index.ts";
import { describeError, EnvironmentError } from "../../harness/errors.ts";
import { withDeadline } from "../deadline.ts";
import { pollUntil } from "../poll.ts";
import type { NodeLog } from "./node-log.ts";
import { type NodeCommand, NodeProcess, type ProcessEnd } from "./node-process.ts";
import { processEntry } from "./process-table.ts";

/** What a node says and what becomes of it. */
interface NodeListener {
  /** A line on the standard output of its `run`-th run. */
  line(run: number, text: string, number: number): void;
  tooLong(run: number, start: string, number: number): void;
  /** A run ended, for whatever reason. */
  ended(run: number): void;
  /** A run began; `pid` and `started` name its process. */
  started(pid: number, started: string): void;
}

export interface NodeSetup {
  readonly id: string;
  readonly command: NodeCommand;
  readonly clock: Clock;
  readonly log: NodeLog;
  readonly listener: NodeListener;
  /** Tells the program who it is, and resolves when it has answered. */
  readonly initialize: (signal: AbortSignal) => Promise<void>;
  /** How long that may take. */
  readonly initTimeoutMs: number;
}

/** How long a signal may take to show. */
const SIGNAL_SHOWS_WITHIN_MS = 10_000;
const TOLD_LINES = 5;

/** One node over all of its runs: a program that is started, killed and started again. */
export class ProcessNode {
  readonly id: string;
  readonly log: NodeLog;
  readonly #setup: NodeSetup;
  #process: NodeProcess | undefined;
  #run = 0;
  #killed = false;
  #paused = false;
  #introduced = false;
  #problem: EnvironmentError | undefined;

  constructor(setup: NodeSetup) {
    this.id = setup.id;
    this.log = setup.log;
    this.#setup = setup;
  }

  /** The number of its present run, or of its last. */
  get run(): number {
    return this.#run;
  }

  get up(): boolean {
    return this.#process !== undefined && this.#process.end === undefined;
  }

  /** Whether its present run was told who it is: nothing else may reach it before. */
  get introduced(): boolean {
    return this.up && this.#introduced;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Why it is not what it should be, which no fault explains. */
  get problem(): EnvironmentError | undefined {
    return this.#problem;
  }

  /**
   * Starts the program and waits until it has answered `init`.
   * Errors: {@link EnvironmentError} `cannot-start`, `node-died`, `no-init`, or what it was stopped for meanwhile.
   */
  async start(signal?: AbortSignal): Promise<void> {
    const { command, clock, log, listener, initialize, initTimeoutMs } = this.#setup;
    const run = ++this.#run;
    this.#killed = false;
    this.#paused = false;
    this.#introduced = false;
    log.begin();
    const process = new NodeProcess(command, clock, {
      line: (text, number) => listener.line(run, text, number),
      tooLong: (start, number) => listener.tooLong(run, start, number),
      log: (chunk) => log.add(chunk),
      ended: (end) => this.#ended(run, end),
    });
    this.#process = process;
    await process.spawned.catch((cause: unknown) => {
      throw cannotStart(this.id, command, cause);
    });
    log.note(`run ${run}: process ${process.pid}`);
    listener.started(process.pid, process.started);
    const died = process.gone.then(() => {
      throw this.#problem ?? this.#died(process.end);
    });
    const setUp = { clock, timeoutMs: initTimeoutMs, ...(signal === undefined ? {} : { signal }) };
    const answered = withDeadline(setUp, initialize);
    this.#introduced = true;
    const initialized = answered.catch(async (error: unknown) => {
      signal?.throwIfAborted();
      // It ended while it was asked: how it ended says more than that it did not answer.
      if (process.end !== undefined) await died;
      throw this.#problem ?? (error instanceof EnvironmentError ? error : this.#silent());
    });
    // Whichever comes second is of no interest here: what becomes of the process later is told by `ended`.
    died.catch(() => {});
    initialized.catch(() => {});
    await Promise.race([initialized, died]);
  }

  /** Puts a line on its standard input; false where it was dropped. */
  write(line: string): boolean {
    return this.#process?.write(line) ?? false;
  }

  /** SIGKILL to it and whatever it started. Resolves when it is gone; whether it is. */
  async kill(): Promise<boolean> {
    const process = this.#process;
    if (process === undefined || process.end !== undefined) return true;
    this.#killed = true;
    this.#paused = false;
    process.signal("SIGKILL");
    return this.#poll(
      async () => process.end !== undefined && processEntry(process.pid)?.started !== process.started,
    );
  }

  /** SIGSTOP to it and whatever it started; whether the system says that it is stopped. */
  async pause(): Promise<boolean> {
    this.#paused = true;
    this.#process?.signal("SIGSTOP");
    return this.#poll(async () => !this.up || this.#state() === "stopped").then(
      () => this.#state() === "stopped",
    );
  }

  /** SIGCONT; whether the system says that it runs again, or is gone. */
  async resume(): Promise<boolean> {
    this.#process?.signal("SIGCONT");
    this.#paused = false;
    return this.#poll(async () => this.#state() !== "stopped");
  }

  /** Ends it for good for what it did; the first reason counts. */
  condemn(problem: EnvironmentError): void {
    this.#problem ??= problem;
    this.log.note(problem.message);
    this.#process?.ignore();
    this.#process?.signal("SIGKILL");
  }

  /** Ends it at once, without waiting: for the end of this process. */
  endNow(): void {
    this.#killed = true;
    this.#process?.signal("SIGKILL");
  }

  /** Ends it, and reads its output to the end. */
  async end(): Promise<void> {
    this.endNow();
    await this.#process?.gone;
  }

  #ended(run: number, end: ProcessEnd): void {
    this.log.note(`run ${run}: ${describeEnd(end)}`);
    this.#paused = false;
    if (!this.#killed) {
      // Its last words may still be in the pipe.
      void this.#process?.gone.then(() => {
        this.#problem ??= this.#died(end);
      });
    }
    this.#setup.listener.ended(run);
  }

  #state(): string | undefined {
    return this.#process === undefined ? undefined : processEntry(this.#process.pid)?.state;
  }

  #poll(probe: () => Promise<boolean>): Promise<boolean> {
    return pollUntil(this.#setup.clock, { timeoutMs: SIGNAL_SHOWS_WITHIN_MS, everyMs: 2 }, probe);
  }

  #died(end: ProcessEnd | undefined): EnvironmentError {
    const lines = this.log.lastLines(TOLD_LINES);
    return new EnvironmentError({
      code: "node-died",
      message: [
        `${this.id} ended by itself: ${end === undefined ? "nobody knows how" : describeEnd(end)}`,
        ...(lines.length === 0
          ? ["it wrote nothing to its standard error"]
          : ["the end of its log:", ...lines]),
      ].join("\n  "),
      hint: `a node runs until it is killed; see its whole log, ${this.id}.log in the run folder`,
    });
  }

  #silent(): EnvironmentError {
    const { initTimeoutMs } = this.#setup;
    return new EnvironmentError({
      code: "no-init",
      message: `${this.id} did not answer init within ${initTimeoutMs / 1000} s`,
      hint: 'answer {"type":"init"} with {"type":"init_ok","in_reply_to":…}, and flush standard output after each line; --option init-timeout= waits longer',
    });
  }
}

function describeEnd({ code, signal }: ProcessEnd): string {
  return signal === null ? `exit code ${code}` : `ended by ${signal}`;
}

function cannotStart(id: string, { command }: NodeCommand, cause: unknown): EnvironmentError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const hints: Readonly<Record<string, string>> = {
    ENOENT:
      "is the path right, and what its first line (#!) names? A path without a slash is looked up in PATH",
    EACCES: `make it executable: chmod +x ${command}; or name what runs it: --bin node -- ${command}`,
    ENOEXEC: `it is no program of this machine; name what runs it: --bin node -- ${command}`,
  };
  return new EnvironmentError({
    code: "cannot-start",
    message: `${id} cannot be started: ${JSON.stringify(command)}: ${describeError(cause)}`,
    hint: hints[String(code)] ?? "start it by hand to see what is wrong",
    cause,
  });
}
