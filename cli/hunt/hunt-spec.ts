import type { RunOptions } from "../run-options.ts";

/** What a seed of a hunt means, beside the seed: what the user fixed. Plain data, kept in the hunt's folder. */
export interface HuntSpec {
  /** By its name. */
  readonly target: string;
  /** Options of `assay run` that are the same for every seed; all others vary. */
  readonly fixed: FixedOptions;
}

export type FixedOptions = Partial<
  Pick<
    RunOptions,
    | "workload"
    | "consistency"
    | "maxStaleness"
    | "nodes"
    | "concurrency"
    | "rate"
    | "burst"
    | "time"
    | "recovery"
    | "opTimeout"
    | "nemesis"
    | "nemesisAfter"
    | "nemesisUntil"
    | "nemesisInterval"
    | "option"
    | "protocol"
    | "bug"
    | "keys"
    | "opsPerKey"
    | "waive"
  >
>;
