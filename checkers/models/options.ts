import type { Json } from "../../harness/history/index.ts";

/** What a failed compare-and-set tells: nothing, or that the register held something else. */
export type FailedCas = "dropped" | "observed";

/** How a read that answers null is meant: the register holds null, or the answer tells nothing. */
export type NilReads = "value" | "unknown";

/** The options of meaning. Not every model has every one. */
export interface ModelOptions {
  readonly init?: Json;
  readonly failedCas?: FailedCas;
  readonly nilReads?: NilReads;
}

/** One option of meaning: the command line, help and docs come from this record. */
export interface ModelOption {
  /** As the command line and the documentation call it. */
  readonly flag: string;
  readonly description: string;
  /** What it can be; any JSON where it is absent. */
  readonly choices?: readonly string[];
  readonly defaultNote: string;
}

/** Every option of meaning. */
export const MODEL_OPTIONS = {
  init: {
    flag: "--init",
    description: "the initial value; of a semaphore, the number of permits",
    defaultNote: "null; 0 for a counter, 1 for a semaphore",
  },
  failedCas: {
    flag: "--failed-cas",
    description: "a failed compare-and-set is dropped, or shows that the value differed (observed)",
    choices: ["dropped", "observed"] satisfies FailedCas[],
    defaultNote: "dropped",
  },
  nilReads: {
    flag: "--nil-reads",
    description: "a read of null saw that value, or says nothing (unknown)",
    choices: ["value", "unknown"] satisfies NilReads[],
    defaultNote: "value",
  },
} as const satisfies Record<keyof ModelOptions, ModelOption>;
