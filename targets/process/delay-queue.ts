import { type Clock, NS_PER_MS, Wakeup } from "../../harness/clock/index.ts";

interface Delayed {
  readonly dueNs: number;
  readonly sequence: number;
  readonly run: () => void;
}

/** Timers have a grain of a millisecond; below it the clock would poll, and take a core from the nodes. */
const GRAIN_NS = NS_PER_MS;

/**
 * Runs callbacks after their delays, ties in the order in which they came. What has no delay runs at once. Cost:
 * O(log n) a callback, with n that wait.
 */
export class DelayQueue {
  readonly #clock: Clock;
  readonly #wakeup = new Wakeup();
  readonly #heap: Delayed[] = [];
  #sequence = 0;
  #waitsUntilNs = Number.POSITIVE_INFINITY;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#heap.length;
  }

  after(delayNs: number, run: () => void): void {
    if (this.#stopped) return;
    if (delayNs <= 0) {
      run();
      return;
    }
    const dueNs = this.#clock.nowNs() + delayNs;
    this.#push({ dueNs, sequence: this.#sequence++, run });
    this.#running ??= this.#loop();
    if (dueNs < this.#waitsUntilNs) this.#wakeup.wake();
  }

  /** Forgets whatever still waits. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#heap.length = 0;
    this.#wakeup.wake();
    await this.#running;
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      const nowNs = this.#clock.nowNs();
      for (let first = this.#heap[0]; first !== undefined && first.dueNs <= nowNs; first = this.#heap[0]) {
        this.#pop();
        first.run();
      }
      const first = this.#heap[0];
      this.#waitsUntilNs =
        first === undefined
          ? Number.POSITIVE_INFINITY
          : Math.max(first.dueNs, this.#clock.nowNs() + GRAIN_NS);
      await this.#clock.wait(this.#wakeup, this.#waitsUntilNs);
    }
  }

  #push(item: Delayed): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(item, heap[parent] as Delayed)) break;
      heap[at] = heap[parent] as Delayed;
      at = parent;
    }
    heap[at] = item;
  }

  #pop(): void {
    const heap = this.#heap;
    const item = heap.pop() as Delayed;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Delayed, heap[child] as Delayed)) child++;
      if (!before(heap[child] as Delayed, item)) break;
      heap[at] = heap[child] as Delayed;
      at = child;
    }
    heap[at] = item;
  }
}

function before(a: Delayed, b: Delayed): boolean {
  return a.dueNs < b.dueNs || (a.dueNs === b.dueNs && a.sequence < b.sequence);
}
