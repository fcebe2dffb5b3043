/**
 * Says which operations can be left out of a problem so that "the rest has no order" still proves that the whole has none.
 *
 * Taking away a pure operation always is sound: it only takes away a constraint. Taking away one with an effect needs an
 * argument, and that needs a model that says more than `step` does.
 */
export interface WitnessRule {
  /**
   * Operations that were left out although the rest proves nothing without them, given which are kept; empty where the
   * rest is a proof. Kept operations may lean on more once these are back.
   */
  missing(keep: Uint8Array): number[];
  /** Operations that may go together, those of the first invocation first. The last to complete is in none. */
  units(): number[][];
}
