import { invariant } from "../errors.ts";
import type { Clock, Wakeup } from "./clock.ts";

/** Something that is to happen at an instant. */
class Entry implements Scheduled {
  readonly atNs: number;
  /** Ties run in the order in which they were scheduled. */
  readonly order: number;
  /** Nothing once it is cancelled. */
  run: (() => void) | undefined;

  constructor(atNs: number, order: number, run: () => void) {
    this.atNs = atNs;
    this.order = order;
    this.run = run;
  }

  cancel(): void {
    this.run = undefined;
  }
}

export interface Scheduled {
  cancel(): void;
}

/**
 * How many times promises may go on before signals, input and output have their turn: often enough that a run can be
 * interrupted, and seldom enough to cost nothing.
 */
const TURNS_BEFORE_YIELD = 1_000;

export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

/**
 * Simulated time: a heap of callbacks, run in order of their instants. Nothing passes but what is scheduled, so a
 * whole run is a function of its inputs.
 *
 * Callbacks are synchronous. One that lets a promise of the simulated world go on must do so through
 * {@link VirtualClock.deferred}: the clock then lets every promise reaction run before the next callback. That
 * is what makes asynchronous code (clients, the interpreter) deterministic here.
 */
export class VirtualClock implements Clock {
  #nowNs = 0;
  #order = 0;
  #settled = false;
  #turns = 0;
  readonly #heap: Entry[] = [];

  nowNs(): number {
    return this.#nowNs;
  }

  /** Runs `callback` after `delayNs`, an integer of at least 0. */
  schedule(delayNs: number, callback: () => void): Scheduled {
    invariant(
      Number.isSafeInteger(delayNs) && delayNs >= 0,
      `a delay is a whole number of ns, not ${delayNs}`,
    );
    const entry = new Entry(this.#nowNs + delayNs, this.#order++, callback);
    this.#push(entry);
    return entry;
  }

  /** A promise that scheduled callbacks may settle. */
  deferred<T>(): Deferred<T> {
    let resolvePromise!: (value: T) => void;
    let rejectPromise!: (error: Error) => void;
    const promise = new Promise<T>((resolve, reject) => {
      resolvePromise = resolve;
      rejectPromise = reject;
    });
    return {
      promise,
      resolve: (value) => {
        this.#settled = true;
        resolvePromise(value);
      },
      reject: (error) => {
        this.#settled = true;
        rejectPromise(error);
      },
    };
  }

  sleep(durationNs: number): Promise<void> {
    const { promise, resolve } = this.deferred<void>();
    this.schedule(Math.ceil(durationNs), () => resolve(undefined));
    return promise;
  }

  async wait(wakeup: Wakeup, untilNs: number): Promise<void> {
    for (;;) {
      this.#settled = false;
      await (++this.#turns % TURNS_BEFORE_YIELD === 0 ? eventLoopTurn() : promiseReactions());
      if (wakeup.take()) return;
      if (!this.#runUntilSettled(wakeup, untilNs)) {
        wakeup.take();
        return;
      }
    }
  }

  /**
   * Runs what is due up to `untilNs`; true when a promise was settled or the sleeper woken on the way, false when
   * the instant is reached.
   */
  #runUntilSettled(wakeup: Wakeup, untilNs: number): boolean {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.atNs > untilNs) {
        invariant(
          Number.isFinite(untilNs),
          "the simulation waits for ever: nothing is scheduled and nobody wakes",
        );
        this.#nowNs = Math.max(this.#nowNs, untilNs);
        return false;
      }
      this.#pop();
      const { run } = next;
      if (run === undefined) continue;
      this.#nowNs = next.atNs;
      run();
      if (this.#settled || wakeup.woken) return true;
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(entry, heap[parent] as Entry)) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Entry;
    const size = heap.length;
    if (size === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && before(heap[child + 1] as Entry, heap[child] as Entry)) child++;
      if (!before(heap[child] as Entry, last)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.atNs < b.atNs || (a.atNs === b.atNs && a.order < b.order);
}

/**
 * Resolves once every promise reaction that is due has run. Node runs ticks before the queue of promise reactions, but
 * not in the middle of it: a tick that is asked for within a reaction comes when that queue is empty.
 */
function promiseReactions(): Promise<void> {
  return new Promise((resolve) => {
    queueMicrotask(() => process.nextTick(resolve));
  });
}

/** The same, and lets signals, input and output have their turn. Several times as slow. */
function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
