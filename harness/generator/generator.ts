import type { Random } from "../clock/random.ts";
import type { CompletionType, Json, Key, Process } from "../history/operation.ts";
import type { Thread, ThreadSet } from "./thread-set.ts";

/**
 * The state of the run as a generator may see it, and nothing more. Combinators hand narrowed contexts to the
 * generators inside them.
 */
export interface Context {
  /** Nanoseconds since the run started. */
  readonly timeNs: number;
  /** The threads that this generator may use. */
  readonly threads: ThreadSet;
  /** Those of them that have no operation under way. */
  readonly free: ThreadSet;
  /** The process that a thread runs now; it changes after an operation that ended in `info`. */
  processOf(thread: Thread): Process;
  /** The thread that runs, or ran, a process. */
  threadOf(process: Process): Thread;
  /**
   * Chance for this one question. The run derives it from the seed and the number of operations emitted so far, so
   * that asking again before anything was taken gives the same answer: an offer is stable until it is taken.
   */
  readonly random: Random;
}

/** An operation that a generator asks for. `timeNs` may lie in the future: not before then. */
export type GeneratedOperation =
  | {
      readonly kind: "invoke";
      readonly timeNs: number;
      readonly thread: Thread;
      readonly f: string;
      readonly key?: Key;
      readonly value: Json;
    }
  /** Keeps the thread busy for a while. Never in the history. */
  | { readonly kind: "sleep"; readonly timeNs: number; readonly thread: Thread; readonly durationNs: number }
  /** A line for the log of the run. Never in the history. */
  | { readonly kind: "log"; readonly timeNs: number; readonly thread: Thread; readonly message: string };

/** An invocation or a completion, as generators are told of it. */
export interface GeneratorEvent {
  readonly type: "invoke" | CompletionType;
  readonly timeNs: number;
  readonly thread: Thread;
  readonly process: Process;
  readonly f: string;
  readonly key?: Key;
  readonly value: Json;
}

/** An operation, and the generator that remains once it is taken. */
export interface Emission {
  readonly operation: GeneratedOperation;
  readonly next: Generator;
}

/** `"pending"`: nothing now, ask again after an event or later. `"done"`: nothing, ever again. */
export type Offer = Emission | "pending" | "done";

/**
 * A pure, immutable source of operations, as in Jepsen (jepsen.generator). The run asks `op` for the next operation
 * and, when it takes one, goes on with `next`; it tells `update` of every invocation and completion, and goes on
 * with what that returns. Neither changes the generator itself.
 */
export interface Generator {
  op(context: Context): Offer;
  update(context: Context, event: GeneratorEvent): Generator;
}
