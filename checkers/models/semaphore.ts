import type { Json } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import { initialInteger } from "./initial-integer.ts";
import type { Model, ModelOperation, Step } from "./model.ts";
import { nothing } from "./schema.ts";

export interface SemaphoreOptions {
  /** How many permits there are, an integer from 1. Default 1. */
  readonly init?: Json;
}

/**
 * A semaphore: `acquire` takes one of the permits, `release` gives one back, whoever asks for it. All permits, as many as
 * `init` says, are free at first, and there are never more. One instance per key; failed operations are dropped.
 *
 * Errors: UsageError `bad-init`.
 */
export function semaphore(options: SemaphoreOptions = {}): Model {
  const permits = initialInteger("semaphore", options.init, 1, 1);
  return builtIn("semaphore", options, {
    name: "semaphore",
    object: "semaphore",
    operations: { acquire: { input: nothing }, release: { input: nothing } },
    partition: "by-key",
    init: permits,
    step(state: Json, { f }: ModelOperation): Step<Json> {
      const free = state as number;
      if (f === "acquire") {
        return free > 0 ? { state: free - 1 } : { rejected: `all ${permits} permits are taken` };
      }
      return free < permits ? { state: free + 1 } : { rejected: `all ${permits} permits are free` };
    },
    transition: ({ f }) => f,
    describeState: (free) => `had ${free} of ${permits} permits free`,
    describe: ({ f }, key) => `${f}d a permit${key === undefined ? "" : ` of ${key}`}`,
  });
}
