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
  /** The story as data, where the checker has one. */
  readonly explanation?: Explanation;
}

/** Why one operation cannot have its place. Operations are named by the index of their invocation event. */
export interface Explanation {
  /** The operation whose answer cannot be. */
  readonly operation: number;
  /**
   * What `states` is true of: the whole history up to that answer; the operations of the witness alone; or of nothing, as they
   * are not known.
   */
  readonly statesOf: "history" | "witness" | "unknown";
  /** The states that the object can have been in while the operation ran, as JSON text, shortened where it is long. */
  readonly states: readonly StateBefore[];
  /** How many more states there are. */
  readonly moreStates: number;
  /**
   * Whether the operations of the witness alone prove that the history is invalid. Otherwise they are another
   * history with the same anomaly, which is easier to read.
   */
  readonly proof: boolean;
}

/** A state, and in words why the operation, and others that were open then, cannot have had their answers in it. */
export interface StateBefore {
  readonly state: string;
  readonly rejections: readonly { readonly operation: number; readonly why: string }[];
}

/** An order of operations that explains every answer, each by the index of its invocation event. */
export interface Linearization {
  readonly key?: Key;
  /** Every answered operation that tells something, and those unanswered ones that it makes use of. */
  readonly operations: readonly number[];
}

/** Why nothing can be said, or too little. */
export interface Reason {
  /** Stable, kebab-case: `budget-time`, `no-effective-fault`. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** A number that a checker measured beside its verdict. */
export interface Measure {
  /** What was measured, in words: `time to converge`. */
  readonly name: string;
  readonly unit: "ms" | "versions" | "elements";
  readonly key?: Key;
  readonly node?: string;
  readonly value: number;
}

/** What one checker found. `invalid` has at least one anomaly, `unknown` at least one reason. */
export interface CheckResult {
  readonly checker: string;
  readonly validity: Validity;
  readonly anomalies: readonly Anomaly[];
  readonly reasons: readonly Reason[];
  /**
   * Where it was asked for: an order for each object that has one, by key, or by part where the model splits what stands under one
   * key. One is lacking where the budget did not suffice to put it together.
   */
  readonly linearizations?: readonly Linearization[];
  /** Where a checker has several algorithms: how many objects (keys) each of them was used on. */
  readonly decidedBy?: Readonly<Record<string, number>>;
  /** Where a checker measures something. */
  readonly measures?: readonly Measure[];
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
