// A thread of its own for the seeds of hunts: `cli/hunt/hunt-thread.ts` starts it and posts them.
import { parentPort } from "node:worker_threads";
import { errorAsData, type SeedAnswer, type SeedQuestion } from "./hunt-thread.ts";
import { runSeed } from "./seed-outcome.ts";

async function answerOf({ spec, seed }: SeedQuestion): Promise<SeedAnswer> {
  try {
    return { outcome: await runSeed(spec, seed) };
  } catch (error) {
    return { error: errorAsData(error) };
  }
}

parentPort?.on("message", (question: SeedQuestion) => {
  void answerOf(question).then((answer) => parentPort?.postMessage(answer));
});
