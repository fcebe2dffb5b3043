import type { CheckContext } from "../../harness/ports/checker.ts";
import type { SearchResult } from "./search.ts";

/** One attempt at an object, and what it may spend. */
export interface Turn {
  /** Index of the object among all. */
  readonly part: number;
  /** After so many steps others are due; `Infinity` where nobody waits. */
  readonly maxSteps: number;
  readonly timeMs: number;
  readonly memoryBytes: number;
}

/** Steps of a first turn, and those beside them for each operation; each further turn has {@link GROWTH} times as many. */
const FIRST_STEPS = 2 ** 14;
const STEPS_PER_OPERATION = 4;
const GROWTH = 8;

/** An object that is not decided yet. */
interface Item {
  readonly part: number;
  readonly size: number;
  turns: number;
  /** How long its longest turn took. */
  spentMs: number;
  /** The turn that got furthest. */
  best: SearchResult | undefined;
}

/**
 * Which object is searched next, and with how much. They take turns, the smallest first, and an object's turns grow: a
 * hard one does not keep the others waiting, and to start anew costs it a seventh of the whole. Turns are measured in steps, so
 * that on one thread the same history has the same turns on any machine, unless the budget runs out.
 *
 * The budget is that of all objects together, whatever the number of threads. Each turn gets an equal share of the time
 * that is left, and of the memory what its thread has. An object for which one of them is too little comes last and
 * alone, with all that is left.
 */
export class Agenda {
  /** How many turns may be under way at the same time. */
  threads = 1;
  readonly #waiting: Item[];
  readonly #last: Item[] = [];
  readonly #running = new Map<number, Item>();
  readonly #results = new Map<number, SearchResult>();
  readonly #context: CheckContext;
  readonly #endMs: number;
  readonly #allKeys: boolean;

  /**
   * `objects`: the smallest first. `endMs`: the instant at which the time is up, on the clock of `context`. `allKeys`: whether it
   * goes on after a violation.
   */
  constructor(
    objects: readonly { readonly part: number; readonly size: number }[],
    context: CheckContext,
    { endMs, allKeys }: { readonly endMs: number; readonly allKeys: boolean },
  ) {
    this.#waiting = objects.map((object) => ({ ...object, turns: 0, spentMs: 0, best: undefined }));
    this.#context = context;
    this.#endMs = endMs;
    this.#allKeys = allKeys;
  }

  /** How many objects are neither decided nor given up. */
  get open(): number {
    return this.#waiting.length + this.#last.length + this.#running.size;
  }

  /** What is known of an object; undefined where a violation of another one ended everything before. */
  result(part: number): SearchResult | undefined {
    return this.#results.get(part);
  }

  /** The next turn; undefined where there is none, or none before another one is settled. */
  next(): Turn | undefined {
    const { budget } = this.#context;
    for (let item = this.#waiting.shift(); item !== undefined; item = this.#waiting.shift()) {
      const leftMs = this.#leftMs();
      if (leftMs < 0) {
        this.#close(item);
        continue;
      }
      const rivals = this.open + 1;
      const steps = (FIRST_STEPS + STEPS_PER_OPERATION * item.size) * GROWTH ** item.turns;
      return this.#start(item, {
        part: item.part,
        maxSteps: rivals <= this.threads ? Number.POSITIVE_INFINITY : steps,
        timeMs: leftMs * Math.min(1, this.threads / rivals),
        memoryBytes: Math.floor(budget.memoryBytes / Math.min(this.threads, rivals)),
      });
    }
    if (this.#running.size > 0) return undefined;
    for (let item = this.#last.shift(); item !== undefined; item = this.#last.shift()) {
      const timeMs = this.#leftMs() / (this.#last.length + 1);
      // It starts anew: with less than twice the time it gets hardly further.
      if (timeMs < 0 || (ranOutOf("time", item.best) && timeMs < 2 * item.spentMs)) {
        this.#close(item);
        continue;
      }
      return this.#start(item, {
        part: item.part,
        maxSteps: Number.POSITIVE_INFINITY,
        timeMs,
        memoryBytes: budget.memoryBytes,
      });
    }
    return undefined;
  }

  /** What came of a turn, and how long it took. Of no effect once a violation has ended everything. */
  settle(turn: Turn, result: SearchResult, tookMs: number): void {
    const item = this.#running.get(turn.part);
    this.#running.delete(turn.part);
    if (item === undefined) return;
    if (result.verdict !== "unknown") {
      this.#results.set(turn.part, result);
      if (result.verdict === "invalid" && !this.#allKeys) this.#stop();
      return;
    }
    item.spentMs = Math.max(item.spentMs, tookMs);
    item.best = further(item.best, result);
    if (result.exhausted === "memory" && turn.memoryBytes === this.#context.budget.memoryBytes) {
      this.#close(item);
    } else if (result.exhausted === "steps") this.#waiting.push(item);
    else this.#last.push(item);
  }

  #stop(): void {
    this.#waiting.length = 0;
    this.#last.length = 0;
    this.#running.clear();
  }

  #leftMs(): number {
    return this.#endMs - this.#context.nowMs();
  }

  #start(item: Item, turn: Turn): Turn {
    item.turns++;
    this.#running.set(item.part, item);
    return turn;
  }

  #close({ part, size, best }: Item): void {
    // That its turn was over is not why it stays undecided.
    if (ranOutOf("memory", best)) this.#results.set(part, best);
    else this.#results.set(part, outOfTime(best?.progress ?? notBegun(size)));
  }
}

type Unknown = SearchResult & { readonly verdict: "unknown" };

function ranOutOf(what: Unknown["exhausted"], result: SearchResult | undefined): result is Unknown {
  return result?.verdict === "unknown" && result.exhausted === what;
}

function further(before: SearchResult | undefined, now: SearchResult): SearchResult {
  return before !== undefined && before.progress.configurations > now.progress.configurations ? before : now;
}

function notBegun(size: number): SearchResult["progress"] {
  return { position: 0, completions: size, open: 0, configurations: 0 };
}

/** An object for whose search there was no time. */
function outOfTime(progress: SearchResult["progress"]): Unknown {
  return { verdict: "unknown", exhausted: "time", progress };
}
