import type { Turn } from "../checkers/linearizable/agenda.ts";
import {
  type BegunCheck,
  beginCheck,
  type LinearizableOptions,
} from "../checkers/linearizable/begin-check.ts";
import type { Part } from "../checkers/linearizable/preparation/prepare.ts";
import { type SearchSetup, searchRequest } from "../checkers/linearizable/search-elsewhere.ts";
import { builtInOf, type Model } from "../checkers/models/index.ts";
import { type History, shareHistory } from "../harness/history/index.ts";
import type { CheckContext, CheckResult } from "../harness/ports/index.ts";
import { openSearchThread, type SearchThread } from "./search-thread.ts";

export interface Threads {
  /** How many searches may go on at the same time; 1: all on the caller's thread. */
  readonly count: number;
  /** How a thread is opened. */
  readonly open?: (setup: SearchSetup) => SearchThread;
  /** For how long the caller's thread searches alone, before others are worth their start. */
  readonly patienceMs?: number;
  /** Objects with fewer operations have their first turn on the caller's thread: to post them takes as long. */
  readonly smallOperations?: number;
}

/** What a thread costs to start is about a third of this. */
const PATIENCE_MS = 150;
const SMALL_OPERATIONS = 500;

/**
 * {@link linearizable}, with the searches of several objects on several threads over one shared copy of the history,
 * where that pays: special checkers and short searches are done on the caller's thread, and so are those of a model that
 * is a user's own, whose functions cannot be posted.
 *
 * The verdict does not depend on the number of threads, unless the budget runs out, which is that of all threads together.
 * Where the first violation ends the check, those that were found by then are told, the smallest object first: on several threads
 * that may be another one each time.
 *
 * Errors: those of `linearizable`; BugError `search-thread-died`.
 */
export async function checkOnThreads(
  history: History,
  model: Model,
  context: CheckContext,
  {
    threads,
    ...options
  }: Pick<LinearizableOptions, "allKeys" | "special" | "witness"> & { readonly threads: Threads },
): Promise<CheckResult> {
  const check = beginCheck(history, model, context, options);
  const startMs = context.nowMs();
  const known = builtInOf(model);
  const { count, patienceMs = PATIENCE_MS, smallOperations = SMALL_OPERATIONS } = threads;
  const pays = () =>
    count > 1 &&
    check.agenda.open > 1 &&
    (check.agenda.nextFresh ?? Number.POSITIVE_INFINITY) >= smallOperations &&
    context.nowMs() - startMs >= patienceMs;
  while (known === undefined || !pays()) if (!check.searchNext()) return check.conclude();
  const setup = { history: shareHistory(history), model: known };
  await searchOn(threads, setup, check, context.nowMs);
  return check.conclude();
}

/** Resolves when the agenda is empty, and every thread has ended. */
async function searchOn(
  { count, open = openSearchThread }: Threads,
  setup: SearchSetup,
  { parts, agenda }: BegunCheck,
  nowMs: CheckContext["nowMs"],
): Promise<void> {
  agenda.threads = Math.min(count, agenda.open);
  const all: SearchThread[] = [];
  const search = async (thread: SearchThread, turn: Turn) => {
    const startMs = nowMs();
    const found = await thread.search(searchRequest(turn, parts[turn.part] as Part));
    agenda.settle(turn, found, nowMs() - startMs);
  };
  try {
    while (all.length < agenda.threads) all.push(open(setup));
    await new Promise<void>((resolve, reject) => {
      const idle: SearchThread[] = [];
      const assign = () => {
        while (idle.length > 0) {
          const turn = agenda.next();
          if (turn === undefined) break;
          const thread = idle.pop() as SearchThread;
          idleAfter(thread, search(thread, turn));
        }
        if (agenda.open === 0) resolve();
      };
      const idleAfter = (thread: SearchThread, work: Promise<void>) => {
        work
          .then(() => {
            idle.push(thread);
            assign();
          })
          .catch(reject);
      };
      for (const thread of all) idleAfter(thread, thread.ready);
    });
  } finally {
    await Promise.all(all.map((thread) => thread.close()));
  }
}
