// A thread of its own for searches: `cli/search-thread.ts` starts it and posts the requests.
import { parentPort, workerData } from "node:worker_threads";
import { type SearchRequest, type SearchSetup, searcher } from "../checkers/linearizable/search-elsewhere.ts";
import { monotonicMs } from "../harness/clock/index.ts";

const search = searcher(workerData as SearchSetup, monotonicMs);
parentPort?.on("message", (request: SearchRequest) => parentPort?.postMessage(search(request)));
// From here on requests are answered at once.
parentPort?.postMessage("ready");
