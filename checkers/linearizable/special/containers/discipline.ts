import type { Meter } from "../../meter.ts";
import type { Contradiction } from "./contents.ts";
import type { Sighting } from "./sightings.ts";
import type { Spans } from "./spans.ts";

/** What came out: operations in an order that is possible (computed when asked for), or some that have none. */
export type Found = { readonly order: () => Int32Array } | { readonly contradiction: Contradiction };

/** The rule by which a container chooses what comes out. */
export interface Discipline {
  /**
   * Given the spans of the values, of which each by itself is possible, and every answer of emptiness too, decides whether there
   * is an order.
   */
  decide(spans: Spans, meter: Meter): Found;
  /**
   * For each stay the smallest `ret` of the sightings that it would be in the way of ({@link isInTheWay}); more than `count`
   * where there are none. Left out where values do not matter to one another.
   */
  outBy?(spans: Spans): Int32Array;
  /** Whether `stay` must have ended before another value was seen there, and had certainly begun. */
  isInTheWay?(spans: Spans, stay: number, other: number, sighting: Sighting): boolean;
}
