import type { Extents } from "../extents.ts";

/** What was done to each operation. */
export interface Course {
  readonly extents: Extents;
  /** 1 for an acquire, 0 for a release. */
  readonly isAcquire: Uint8Array;
  /** In order of effect. */
  readonly order: Int32Array;
  /** By place in the order: at the end of which operation the effect came. It came early, where that is another one. */
  readonly dueFor: Int32Array;
  /** How many of the order have come. */
  readonly length: number;
}
