import type { Meter } from "../../meter.ts";
import type { Contradiction } from "./contents.ts";
import type { Spans } from "./spans.ts";

/** What came out: operations in an order that is possible (computed when asked for), or some that have none. */
export type Found = { readonly order: () => Int32Array } | { readonly contradiction: Contradiction };

/**
 * The rule by which a container chooses what comes out. Given the spans of the values, of which each by itself is possible
 * and every answer of emptiness too, it decides whether there is an order.
 */
export type Discipline = (spans: Spans, meter: Meter) => Found;
