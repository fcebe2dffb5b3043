// A thread of its own for the seeds of a hunt: `cli/hunt/hunt-thread.ts` starts it and posts them.
import { parentPort, workerData } from "node:worker_threads";
import type { HuntSpec } from "./hunt-spec.ts";
import { errorAsData, type SeedAnswer } from "./hunt-thread.ts";
import { runSeed } from "./seed-outcome.ts";

const spec = workerData as HuntSpec;

async function answerOf(seed: number): Promise<SeedAnswer> {
  try {
    return { outcome: await runSeed(spec, seed) };
  } catch (error) {
    return { error: errorAsData(error) };
  }
}

parentPort?.on("message", (seed: number) => {
  void answerOf(seed).then((answer) => parentPort?.postMessage(answer));
});
