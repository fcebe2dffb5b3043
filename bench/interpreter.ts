import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monotonicMs, NS_PER_S, Random, RealClock, Wakeup } from "../harness/clock/index.ts";
import { clients, limit } from "../harness/generator/index.ts";
import { createRecorder } from "../harness/history/files.ts";
import { MemoryRecorder, type Recorder } from "../harness/history/recorder.ts";
import { interpret } from "../harness/interpreter/interpreter.ts";
import type { Client } from "../harness/ports/index.ts";
import { register } from "../workloads/register.ts";
import type { Benchmark, Row, Size } from "./benchmark.ts";

const OPERATIONS: Readonly<Record<Size, number>> = { small: 2_000, full: 1_000_000 };
const CLIENTS = [1, 10, 100];

/**
 * What the interpreter itself costs: the register workload in real time against clients that answer at once, on one
 * core, with the history recorded in memory and in a file.
 */
export const interpreter: Benchmark = {
  name: "interpreter",
  description: "operations per second of the interpreter against a client that answers at once",
  async run(size) {
    const rows: Row[] = [];
    for (const concurrency of CLIENTS) {
      rows.push(await measure(size, concurrency, "memory", new MemoryRecorder()));
      const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
      try {
        rows.push(await measure(size, concurrency, "file", createRecorder(join(folder, "history.jsonl"))));
      } finally {
        rmSync(folder, { recursive: true });
      }
    }
    return rows;
  },
};

const atOnce: Client = {
  invoke: async ({ f, value }) => ({ type: "ok", value: f === "read" ? 1 : value }),
  close: async () => {},
};

async function measure(size: Size, concurrency: number, history: string, recorder: Recorder): Promise<Row> {
  const operations = OPERATIONS[size];
  const random = new Random(1);
  const { load } = register.generators({
    nodes: ["n1"],
    concurrency,
    options: { keys: String(Math.min(10, concurrency)), "ops-per-key": "100", values: "0" },
    random,
  });
  const startMs = monotonicMs();
  await interpret({
    clock: new RealClock(),
    random,
    generator: limit(operations, clients(load)),
    concurrency,
    openClient: async () => atOnce,
    nemesis: async ({ value }) => ({ type: "ok", value }),
    hasEffect: (f) => f !== "read",
    recorder,
    opTimeoutNs: 10 * NS_PER_S,
    nemesisTimeoutNs: 10 * NS_PER_S,
    wakeup: new Wakeup(),
    onEvent: () => {},
    log: () => {},
  });
  recorder.close();
  const seconds = (monotonicMs() - startMs) / 1000;
  return {
    clients: concurrency,
    history,
    operations,
    seconds: seconds.toFixed(2),
    "operations/s": Math.round(operations / seconds),
    "peak MB": Math.round(process.resourceUsage().maxRSS / 2 ** 10),
  };
}
