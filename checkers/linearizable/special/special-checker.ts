import type { ModelOptions } from "../../models/index.ts";
import type { Meter } from "../meter.ts";
import type { ObjectHistory } from "../preparation/objects.ts";

/** Operations that prove a violation by themselves. */
export interface Violation {
  /**
   * Rows of the history, in order of invocation, that have no order even when every other operation of the object is left
   * out; so leaving the others out must be sound. As few as can be had cheaply.
   */
  readonly rows: Int32Array;
  /** Of those the operation whose answer cannot be. */
  readonly row: number;
  /** Why its answer cannot be, to follow the operation: `but 3 was dequeued before it`. True of the whole history. */
  readonly why: string;
}

export type SpecialDecision =
  /** `order`: the rows of a linearization, completed operations and those crashed ones that it uses. */
  | { readonly verdict: "valid"; order(): Int32Array }
  | { readonly verdict: "invalid"; readonly violation: Violation }
  /** A precondition does not hold on this history; the search decides. */
  | { readonly verdict: "declined"; readonly why: string };

/**
 * Decides the histories of some built-in models in nearly linear time, where the history at hand has what its proof needs,
 * distinct values for one. It proves that itself on the history and declines otherwise; nobody promises it.
 */
export interface SpecialChecker {
  /** The standard name of the algorithm. */
  readonly name: string;
  /** The built-in models that it knows. */
  readonly models: readonly string[];
  /** The meter throws where the budget is spent. */
  decide(object: ObjectHistory, options: ModelOptions, meter: Meter): SpecialDecision;
}
