import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monotonicMs } from "../harness/clock/index.ts";
import { createRecorder, readHistory } from "../harness/history/files.ts";
import type { Benchmark, Size } from "./benchmark.ts";

const OPERATIONS: Readonly<Record<Size, number>> = { small: 2_000, full: 1_000_000 };
const PROCESSES = 10;

/** What a history of a register costs to record in a file and to load from it. */
export const history: Benchmark = {
  name: "history",
  description: "recording and loading a history of writes and reads, ten processes, one key",
  async run(size) {
    const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
    try {
      const path = join(folder, "history.jsonl");
      const operations = OPERATIONS[size];
      const recordMs = await timed(async () => record(path, operations));
      const loadMs = await timed(async () => {
        const loaded = await readHistory(path);
        if (loaded.history.length !== operations)
          throw new Error(`loaded ${loaded.history.length} operations`);
      });
      return [
        {
          operations,
          "file MB": (statSync(path).size / 2 ** 20).toFixed(1),
          "record s": (recordMs / 1000).toFixed(2),
          "load s": (loadMs / 1000).toFixed(2),
          "peak MB": Math.round(process.resourceUsage().maxRSS / 2 ** 10),
        },
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function record(path: string, operations: number): void {
  const recorder = createRecorder(path);
  let timeNs = 0;
  for (let i = 0; i < operations; i++) {
    const f = i % 2 === 0 ? "write" : "read";
    const process = i % PROCESSES;
    const value = Math.floor(i / 2);
    recorder.append({
      time: timeNs++,
      type: "invoke",
      process,
      f,
      key: "x",
      value: f === "write" ? value : null,
    });
    recorder.append({ time: timeNs++, type: "ok", process, f, key: "x", value, node: "n1" });
  }
  recorder.close();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startMs = monotonicMs();
  await work();
  return monotonicMs() - startMs;
}
