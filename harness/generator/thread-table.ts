import { UsageError } from "../errors.ts";
import { type Thread, ThreadSet } from "./thread-set.ts";

/** Which threads a run has, which of them are free, and the process that each runs now. Immutable. */
export interface ThreadTable {
  /** All threads of the run; the same object all the way, so that generators may remember what they derive from it. */
  readonly threads: ThreadSet;
  readonly free: ThreadSet;
  /** The process of each client thread, by thread. */
  readonly processes: readonly number[];
}

/**
 * The table at the start of a run: every thread free, thread t running process t.
 * Errors: {@link UsageError} `bad-concurrency`.
 */
export function threadTable(concurrency: number, hasNemesis: boolean): ThreadTable {
  if (!Number.isSafeInteger(concurrency) || concurrency < 0) {
    throw new UsageError({
      code: "bad-concurrency",
      message: `a run has a whole number of client threads, not ${concurrency}`,
    });
  }
  const clients = ThreadSet.clients(concurrency);
  const threads = hasNemesis ? clients.with("nemesis") : clients;
  return { threads, free: threads, processes: Array.from({ length: concurrency }, (_, thread) => thread) };
}

/** The table once a thread has taken an operation. O(threads / 32). */
export function withBusy(table: ThreadTable, thread: Thread): ThreadTable {
  return { ...table, free: table.free.without(thread) };
}

/** The table once a thread's operation has completed. O(threads / 32). */
export function withFree(table: ThreadTable, thread: Thread): ThreadTable {
  return { ...table, free: table.free.with(thread) };
}

/**
 * The table after an operation of a client thread ended in `info`: its process is over and the thread goes on as
 * the process numbered higher by the number of client threads. O(threads).
 */
export function withNextProcess(table: ThreadTable, thread: number): ThreadTable {
  const process = (table.processes[thread] as number) + table.processes.length;
  return { ...table, processes: table.processes.with(thread, process) };
}
