/** How far a search got. */
export interface Progress {
  /** Completions that were placed, in the order that got furthest. */
  readonly position: number;
  readonly completions: number;
  /** Operations open there. */
  readonly open: number;
  /** Configurations that were entered. */
  readonly configurations: number;
}

/** A search that can be stopped and gone on with. */
export interface Walk {
  readonly progress: Progress;
  readonly steps: number;
  /** Where an order was found: the moves that led to its end. Absent where they were not kept. */
  readonly path?: Int32Array | undefined;
  /** Goes on for so many steps, or until it knows. */
  run(steps: number): "valid" | "invalid" | undefined;
}

/** Work that a walk does between two looks at the budget. */
export const WORK_PER_LOOK = 1024;

/** Operations that are open and cost a step as much again. */
const OPEN_PER_STEP = 32;

/** What one step of a walk counts for, `openCount` operations being open. */
export function workOfStep(openCount: number): number {
  return 1 + Math.floor(openCount / OPEN_PER_STEP);
}
