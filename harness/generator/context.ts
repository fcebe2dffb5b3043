import type { Random } from "../clock/random.ts";
import type { Process } from "../history/operation.ts";
import type { Context } from "./generator.ts";
import type { Thread, ThreadSet } from "./thread-set.ts";
import type { ThreadTable } from "./thread-table.ts";

/**
 * The context of one question (or one update) of a run. O(1): make a new one for each, because generators draw from
 * its chance in turn.
 *
 * `run`: the run's one source of chance for its generator, which is left as it is; `emitted`: the number of operations
 * taken so far. The chance of the question is `run.fork(emitted)`.
 */
export function rootContext(table: ThreadTable, timeNs: number, run: Random, emitted: number): Context {
  return new RootContext(table, timeNs, run, emitted);
}

/**
 * The context as seen by a generator that may use only some of the threads in view. O(threads / 32).
 *
 * `threads`: a subset of `context.threads`. Give the same object each time: generators inside remember by it.
 * `free`: the free ones among them, if known.
 */
export function narrow(context: Context, threads: ThreadSet, free?: ThreadSet): Context {
  const whole = context instanceof NarrowedContext ? context.whole : context;
  return new NarrowedContext(whole, threads, free);
}

// Classes for the sake of speed: a run makes several contexts per operation, and most are never asked for all of this.

class RootContext implements Context {
  readonly timeNs: number;
  readonly threads: ThreadSet;
  readonly free: ThreadSet;
  readonly #processes: readonly number[];
  readonly #run: Random;
  readonly #emitted: number;
  #random: Random | undefined;

  constructor(table: ThreadTable, timeNs: number, run: Random, emitted: number) {
    this.timeNs = timeNs;
    this.threads = table.threads;
    this.free = table.free;
    this.#processes = table.processes;
    this.#run = run;
    this.#emitted = emitted;
  }

  get random(): Random {
    this.#random ??= this.#run.fork(this.#emitted);
    return this.#random;
  }

  processOf(thread: Thread): Process {
    return thread === "nemesis" ? thread : (this.#processes[thread] as number);
  }

  threadOf(process: Process): Thread {
    return process === "nemesis" ? process : process % this.#processes.length;
  }
}

class NarrowedContext implements Context {
  readonly timeNs: number;
  readonly threads: ThreadSet;
  readonly whole: Context;
  #free: ThreadSet | undefined;

  constructor(whole: Context, threads: ThreadSet, free: ThreadSet | undefined) {
    this.timeNs = whole.timeNs;
    this.threads = threads;
    this.whole = whole;
    this.#free = free;
  }

  get free(): ThreadSet {
    this.#free ??= this.whole.free.intersect(this.threads);
    return this.#free;
  }

  get random(): Random {
    return this.whole.random;
  }

  processOf(thread: Thread): Process {
    return this.whole.processOf(thread);
  }

  threadOf(process: Process): Thread {
    return this.whole.threadOf(process);
  }
}
