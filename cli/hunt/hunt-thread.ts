import { Worker } from "node:worker_threads";
import { AssayError, BugError, describeError, EnvironmentError, UsageError } from "../../harness/errors.ts";
import type { SeedRunner } from "./hunt.ts";
import type { HuntSpec } from "./hunt-spec.ts";
import { runSeed, type SeedOutcome } from "./seed-outcome.ts";

/** Runs seeds on the caller's thread. */
export function seedsHere(spec: HuntSpec): SeedRunner {
  return { run: (seed) => runSeed(spec, seed), close: async () => {} };
}

/** What a thread answers to a seed. */
export type SeedAnswer = { readonly outcome: SeedOutcome } | { readonly error: ErrorAsData };

/** An error of assay as it travels between threads, which take its class away. */
export interface ErrorAsData {
  readonly kind: "usage" | "environment" | "bug";
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

export function errorAsData(error: unknown): ErrorAsData {
  const kind =
    error instanceof UsageError ? "usage" : error instanceof EnvironmentError ? "environment" : "bug";
  const { code, hint } = error instanceof AssayError ? error : { code: "unexpected", hint: undefined };
  // A cause is not for users who can do something about it, and all there is for whoever mends a bug.
  const message = kind === "bug" || !(error instanceof Error) ? describeError(error) : error.message;
  return { kind, code, message, hint };
}

function errorFrom({ kind, code, message, hint }: ErrorAsData): AssayError {
  const details = { code, message, ...(hint === undefined ? {} : { hint }) };
  if (kind === "usage") return new UsageError(details);
  return kind === "environment" ? new EnvironmentError(details) : new BugError(details);
}

/** What a thread is asked. */
export interface SeedQuestion {
  readonly spec: HuntSpec;
  readonly seed: number;
}

/** A thread that runs seeds of any hunts, one at a time. */
export interface SeedThread {
  /** Errors: as {@link runSeed}; BugError `hunt-thread-died` with the seed that it was at. */
  run(question: SeedQuestion): Promise<SeedOutcome>;
  close(): Promise<void>;
}

export function startSeedThread(module: URL = new URL("./hunt-worker.js", import.meta.url)): SeedThread {
  const worker = new Worker(module);
  let answer: (message: SeedAnswer) => void = () => {};
  let fail: (why: string) => void = () => {};
  let end: string | undefined;
  const died = (why: string): void => {
    end ??= why;
    fail(end);
  };
  worker.on("message", (message: SeedAnswer) => answer(message));
  worker.on("error", (error) => died(describeError(error)));
  worker.on("exit", (code) => died(`it ended with code ${code}`));
  return {
    run(question) {
      return new Promise<SeedOutcome>((resolve, reject) => {
        answer = (message) => {
          if ("outcome" in message) resolve(message.outcome);
          else reject(errorFrom(message.error));
        };
        fail = (why) =>
          reject(
            new BugError({
              code: "hunt-thread-died",
              message: `a thread of the hunt died at seed ${question.seed}: ${why}`,
              hint: `--seed ${question.seed} --seeds 1 --workers 1 runs that seed alone`,
            }),
          );
        if (end === undefined) worker.postMessage(question);
        else fail(end);
      });
    },
    async close() {
      await worker.terminate();
    },
  };
}

/** Runs the seeds of one hunt on a thread of its own. Errors of `run`: as {@link SeedThread}. */
export function seedsOnThread(spec: HuntSpec, module?: URL): SeedRunner {
  const thread = startSeedThread(module);
  return { run: (seed) => thread.run({ spec, seed }), close: () => thread.close() };
}
