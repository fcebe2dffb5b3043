// The program of a node: `targets/reference-store/process/target.ts` starts one for each, with its arguments.
import { join } from "node:path";
import { createInterface } from "node:readline";
import { NS_PER_MS, Random, RealClock, wallClockNow } from "../../../harness/clock/index.ts";
import { parseMessage } from "../../process/message.ts";
import { simulatedProgram } from "../simulated-program.ts";
import { storeOptions } from "../store-options.ts";
import { Journal } from "./journal.ts";
import type { NodeArguments } from "./node-arguments.ts";
import { StoreNode } from "./store-node.ts";

const { options, folder, seed, originMs } = JSON.parse(process.argv[2] ?? "") as NodeArguments;
const { protocol, bugs, own, timeoutNs } = storeOptions(options);

const node = new StoreNode({
  program: simulatedProgram(protocol, { timeoutNs, bugs, options: own }),
  clock: new RealClock(),
  startedNs: (wallClockNow().getTime() - originMs) * NS_PER_MS,
  // Another run of the same node must not draw the same once more.
  random: new Random(seed).stream(`process ${process.pid}`),
  openJournal: (id) =>
    new Journal(join(folder, `${id}.jsonl`), (error) => {
      console.error(`the disk failed: ${error.message}`);
      process.exit(1);
    }),
  write: (message) => process.stdout.write(`${JSON.stringify(message)}\n`),
  log: (line) => console.error(line),
});

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const message = parseMessage(line);
  if ("problem" in message) console.error(`not understood: ${message.problem}`);
  else node.receive(message);
});
// Whoever started it is gone.
lines.on("close", () => process.exit(0));
process.stdout.on("error", () => process.exit(0));
