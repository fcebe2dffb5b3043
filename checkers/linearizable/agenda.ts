import type { CheckContext } from "../../harness/ports/checker.ts";
import type { Exhausted } from "./meter.ts";
import type { SearchResult } from "./search/search.ts";

/** One attempt at an object, and what it may spend. */
export interface Turn {
  /** Index of the object among all. */
  readonly part: number;
  /** After so many steps others are due; `Infinity` where nobody waits. */
  readonly maxSteps: number;
  readonly timeMs: number;
  readonly memoryBytes: number;
  /** How many its object may enter, in whatever turn; `Infinity` where nobody set a bound. */
  readonly configurations: number;
}

/** What came of a turn: data alone, which can come from another thread and keeps nothing of the search. */
export type TurnResult =
  | { readonly verdict: "valid" | "invalid"; readonly progress: SearchResult["progress"] }
  | {
      readonly verdict: "unknown";
      readonly exhausted: Exhausted;
      readonly progress: SearchResult["progress"];
    };

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
  best: Unknown | undefined;
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
  readonly #waiting: Line;
  readonly #last = new Line([]);
  readonly #running = new Map<number, Item>();
  readonly #results = new Map<number, TurnResult>();
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
    this.#waiting = new Line(objects.map((object) => ({ ...object, turns: 0, spentMs: 0, best: undefined })));
    this.#context = context;
    this.#endMs = endMs;
    this.#allKeys = allKeys;
  }

  /** How many objects are neither decided nor given up. */
  get open(): number {
    return this.#waiting.length + this.#last.length + this.#running.size;
  }

  /** Operations of the object that is next, where it is its first turn; undefined where it had one before. */
  get nextFresh(): number | undefined {
    const item = this.#waiting.first;
    return item?.turns === 0 ? item.size : undefined;
  }

  /** What is known of an object; undefined where a violation of another one ended everything before. */
  result(part: number): TurnResult | undefined {
    return this.#results.get(part);
  }

  /** The next turn; undefined where there is none, or none before another one is settled. */
  next(): Turn | undefined {
    const { budget } = this.#context;
    const { configurations = Number.POSITIVE_INFINITY } = budget;
    for (let item = this.#waiting.take(); item !== undefined; item = this.#waiting.take()) {
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
        configurations,
      });
    }
    if (this.#running.size > 0) return undefined;
    for (let item = this.#last.take(); item !== undefined; item = this.#last.take()) {
      const timeMs = this.#leftMs() / (this.#last.length + 1);
      // It starts anew: with less than twice the time it gets hardly further.
      if (timeMs < 0 || (item.best?.exhausted === "time" && timeMs < 2 * item.spentMs)) {
        this.#close(item);
        continue;
      }
      return this.#start(item, {
        part: item.part,
        maxSteps: Number.POSITIVE_INFINITY,
        timeMs,
        memoryBytes: budget.memoryBytes,
        configurations,
      });
    }
    return undefined;
  }

  /** What came of a turn, and how long it took. Of no effect once a violation has ended everything. */
  settle(turn: Turn, result: TurnResult, tookMs: number): void {
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
    if (result.exhausted === "steps") this.#waiting.add(item);
    else if (result.exhausted === "time") this.#last.add(item);
    else if (result.exhausted === "memory" && turn.memoryBytes < this.#context.budget.memoryBytes)
      this.#last.add(item);
    else this.#close(item);
  }

  #stop(): void {
    this.#waiting.clear();
    this.#last.clear();
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
    const progress = best?.progress ?? { position: 0, completions: size, open: 0, configurations: 0 };
    // That its turn was over is not why it stays undecided.
    const exhausted = best === undefined || best.exhausted === "steps" ? "time" : best.exhausted;
    this.#results.set(part, { verdict: "unknown", exhausted, progress });
  }
}

/** First come, first served; in constant time also where there are a hundred thousand. */
class Line {
  #items: Item[];
  #served = 0;

  constructor(items: Item[]) {
    this.#items = items;
  }

  get length(): number {
    return this.#items.length - this.#served;
  }

  get first(): Item | undefined {
    return this.#items[this.#served];
  }

  add(item: Item): void {
    this.#items.push(item);
  }

  take(): Item | undefined {
    return this.first === undefined ? undefined : this.#items[this.#served++];
  }

  clear(): void {
    this.#items = [];
    this.#served = 0;
  }
}

type Unknown = TurnResult & { readonly verdict: "unknown" };

function further(before: Unknown | undefined, now: Unknown): Unknown {
  return before !== undefined && before.progress.configurations > now.progress.configurations ? before : now;
}
