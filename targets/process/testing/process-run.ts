import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random, RealClock } from "../../../harness/clock/index.ts";
import type {
  Client,
  Cluster,
  Completion,
  Invocation,
  OptionValues,
  TraceEvent,
} from "../../../harness/ports/index.ts";
import { resolveOptions } from "../../../harness/ports/index.ts";
import type { NodeCommand } from "../node-process.ts";
import { bin } from "../target.ts";

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
  readonly folder = mkdtempSync(join(tmpdir(), "assay-process-"));
  readonly messages: string[] = [];
  readonly trace: TraceEvent[] = [];
  #cluster: Cluster | undefined;

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
  async ask(node: string, invocation: Invocation, timeoutMs = 20_000): Promise<Completion> {
    await using client = await this.client(node);
    return await client.ask(invocation, timeoutMs);
  }

  async client(node: string) {
    const client: Client = await this.cluster.openClient(node);
    const ask = async (invocation: Invocation, timeoutMs = 20_000): Promise<Completion> => {
      const abandoned = new AbortController();
      void this.clock.sleep(timeoutMs * 1e6).then(() => abandoned.abort());
      return client.invoke(invocation, abandoned.signal);
    };
    return { ask, [Symbol.asyncDispose]: () => client.close() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster?.[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
