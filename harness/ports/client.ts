import type { Json, Key } from "../history/operation.ts";
import type { Completion } from "./outcome.ts";

export interface Invocation {
  readonly f: string;
  readonly key?: Key;
  readonly value: Json;
}

/**
 * One process's connection to the store. Reports `ok`, or a definite `fail` that is an answer (a compare-and-set
 * whose comparison was false); throws for everything else, best a {@link ClientError}. The run closes a client that
 * threw or timed out and opens a new one for the next operation.
 */
export interface Client {
  /** `signal` aborts when nobody waits for the answer any more. */
  invoke(invocation: Invocation, signal: AbortSignal): Promise<Completion>;
  close(): Promise<void>;
}
