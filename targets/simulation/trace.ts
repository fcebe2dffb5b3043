import type { TraceEvent } from "../../harness/ports/observer.ts";

/** Takes in what happened. Where nobody watches there is none, and nothing is made for it. */
export type Trace = (event: TraceEvent) => void;
