import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NS_PER_S, Random, RealClock, Wakeup } from "../../../harness/clock/index.ts";
import type {
  Cluster,
  Completion,
  Invocation,
  OptionValues,
  TraceEvent,
} from "../../../harness/ports/index.ts";
import { resolveOptions } from "../../../harness/ports/index.ts";
import type { NodeCommand } from "../node-process.ts";
import { bin } from "../target.ts";

/** An answer that takes longer does not come. */
const LONGEST_WAIT_NS = 20 * NS_PER_S;

interface ProcessRunSetup {
  readonly workload: string;
  readonly program: NodeCommand;
  readonly nodes?: number;
  readonly options?: OptionValues;
  readonly signal?: AbortSignal;
}

/** A cluster of child processes for a test, with its own folder; disposing of it leaves neither. */
export class ProcessRun implements AsyncDisposable {
  readonly clock = new RealClock();
  /** What holds the folder of the run, and nothing else. */
  readonly #parent = mkdtempSync(join(tmpdir(), "assay-process-"));
  readonly folder = join(this.#parent, "a-run");
  readonly messages: string[] = [];
  readonly trace: TraceEvent[] = [];
  #cluster: Cluster | undefined;

  /** Starts a cluster for a test, and leaves nothing of it, whatever becomes of the test. */
  static async during<T>(setup: ProcessRunSetup, test: (run: ProcessRun) => Promise<T>): Promise<T> {
    const run = await ProcessRun.start(setup);
    try {
      return await test(run);
    } finally {
      await run[Symbol.asyncDispose]();
    }
  }

  static async start(setup: ProcessRunSetup): Promise<ProcessRun> {
    const run = new ProcessRun();
    try {
      await run.#start(setup);
      return run;
    } catch (error) {
      await run[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #start({ workload, program, nodes = 3, options = {}, signal }: ProcessRunSetup): Promise<void> {
    const given = { bin: program.command, args: JSON.stringify(program.args), latency: "1ms", ...options };
    this.#cluster = await bin.start({
      runId: "test",
      nodes: Array.from({ length: nodes }, (_, i) => `n${i + 1}`),
      options: resolveOptions("bin", bin.options, given),
      clock: this.clock,
      random: new Random(1),
      log: (message) => this.messages.push(message),
      signal: signal ?? new AbortController().signal,
      workload,
      folder: this.folder,
      observer: { trace: (event) => this.trace.push(event) },
    });
  }

  get cluster(): Cluster {
    if (this.#cluster === undefined) throw new Error("the cluster did not start");
    return this.#cluster;
  }

  /** One operation by a client of its own. */
  async ask(node: string, invocation: Invocation): Promise<Completion> {
    const client = await this.cluster.openClient(node);
    const abandoned = new AbortController();
    const answered = new Wakeup();
    const deadlineNs = this.clock.nowNs() + LONGEST_WAIT_NS;
    const wait = this.clock.wait(answered, deadlineNs).then(() => abandoned.abort());
    try {
      return await client.invoke(invocation, abandoned.signal);
    } finally {
      answered.wake();
      await wait;
      await client.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster?.[Symbol.asyncDispose]();
    rmSync(this.#parent, { recursive: true, force: true });
  }
}
