/**
 * What the search may leave out, and how it goes about. Each is sound by an argument beside the code that applies it; all
 * are on but in tests.
 */
export interface Reductions {
  /** R1: a pure operation takes effect as soon as its answer is right. */
  readonly pureAtOnce: boolean;
  /** R2: of open operations of one class only the one that is due first is tried. */
  readonly earliestTwin: boolean;
  /** R3: a configuration that used more optional operations, or left more pure ones waiting, is not entered. */
  readonly dominance: boolean;
  /** R4: operations that overwrite everything are placed only when something depends on it. */
  readonly coveredWrites: boolean;
  /** Crashed operations whose effect was observed are due when that was certain. */
  readonly pulledBack: boolean;
  /** Whether the end of what can be placed is looked at alone, without all that came before. */
  readonly localRefutation: boolean;
  readonly strategy: "depth" | "breadth" | "both";
}

export const ALL_REDUCTIONS: Reductions = {
  pureAtOnce: true,
  earliestTwin: true,
  dominance: true,
  coveredWrites: true,
  pulledBack: true,
  localRefutation: true,
  strategy: "both",
};
