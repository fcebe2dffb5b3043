import { Worker } from "node:worker_threads";
import type { TurnResult } from "../checkers/linearizable/agenda.ts";
import type { SearchRequest, SearchSetup } from "../checkers/linearizable/search-elsewhere.ts";
import { BugError, describeError } from "../harness/errors.ts";

/** A thread that searches one object after the other. */
export interface SearchThread {
  /** Resolves once requests are answered without delay. */
  readonly ready: Promise<void>;
  /**
   * One request at a time.
   * Errors: BugError `search-thread-died`, with what it was at.
   */
  search(request: SearchRequest): Promise<TurnResult>;
  /** Ends the thread, whatever it is at. */
  close(): Promise<void>;
}

export function openSearchThread(setup: SearchSetup): SearchThread {
  const worker = new Worker(new URL("./search-worker.js", import.meta.url), { workerData: setup });
  let answer: (message: TurnResult | "ready") => void = () => {};
  let fail: (error: BugError) => void = () => {};
  let task = "it started";
  worker.on("message", (message: TurnResult | "ready") => answer(message));
  worker.on("error", (error) => fail(died(task, describeError(error))));
  worker.on("exit", (code) => fail(died(task, `it ended with code ${code}`)));
  const next = () =>
    new Promise<TurnResult | "ready">((resolve, reject) => {
      answer = resolve;
      fail = reject;
    });
  return {
    ready: next().then(() => {}),
    search({ turn, key, rows }) {
      task = `it searched ${key === undefined ? "the history" : `key ${key}`}, ${rows.length} operations`;
      const found = next() as Promise<TurnResult>;
      worker.postMessage({ turn, key, rows } satisfies SearchRequest, [rows.buffer as ArrayBuffer]);
      return found;
    },
    async close() {
      await worker.terminate();
    },
  };
}

function died(task: string, why: string): BugError {
  return new BugError({
    code: "search-thread-died",
    message: `a thread of the check died while ${task}: ${why}; --workers 1 does without such threads`,
  });
}
