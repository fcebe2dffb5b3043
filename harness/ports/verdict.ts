import type { Key } from "../history/operation.ts";

export type Validity = "valid" | "invalid" | "unknown";

/** A violation, with the operations that show it. */
export interface Anomaly {
  /** The kind, in the field's words: `nonlinearizable`. */
  readonly type: string;
  readonly key?: Key;
  /** The story in plain words, one or more lines. */
  readonly message: string;
  /** The witness: operations, each by the index of its invocation event. */
  readonly operations: readonly number[];
}

/** Why nothing can be said, or too little. */
export interface Reason {
  /** Stable, kebab-case: `budget-time`, `no-effective-fault`. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** What one checker found. `invalid` has at least one anomaly, `unknown` at least one reason. */
export interface CheckResult {
  readonly checker: string;
  readonly validity: Validity;
  readonly anomalies: readonly Anomaly[];
  readonly reasons: readonly Reason[];
  /** Where a checker has several algorithms: how many objects (keys) each of them was used on. */
  readonly decidedBy?: Readonly<Record<string, number>>;
}

/** Invalid over unknown over valid. Of nothing at all, `unknown`. */
export function mergeValidity(validities: Iterable<Validity>): Validity {
  let merged: Validity | undefined;
  for (const validity of validities) {
    if (validity === "invalid") return "invalid";
    if (merged === undefined || validity === "unknown") merged = validity;
  }
  return merged ?? "unknown";
}
