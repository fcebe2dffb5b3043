import type { Clock, Wakeup } from "./clock.ts";
import { NS_PER_MS } from "./duration.ts";

/** How long the loop may go on without letting I/O, timers and signals run. */
const YIELD_AFTER_NS = NS_PER_MS;

/** Real, monotonic time since the clock was made. */
export class RealClock implements Clock {
  readonly #originMs = performance.now();
  #yieldedNs = 0;

  nowNs(): number {
    // Cheaper than process.hrtime.bigint, and as fine: a double holds 1 ns of 52 days.
    return Math.round((performance.now() - this.#originMs) * NS_PER_MS);
  }

  sleep(durationNs: number): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, durationNs / NS_PER_MS);
    });
  }

  async wait(wakeup: Wakeup, untilNs: number): Promise<void> {
    // Promise reactions first: a client that answers at once has its answer by now.
    await Promise.resolve();
    if (!wakeup.woken) await this.#race(wakeup, untilNs);
    else if (this.nowNs() - this.#yieldedNs >= YIELD_AFTER_NS) await this.#yield();
    wakeup.take();
  }

  /** Lets I/O, timers and signals run: a loop of clients that answer at once would starve them. */
  async #yield(): Promise<void> {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    this.#yieldedNs = this.nowNs();
  }

  async #race(wakeup: Wakeup, untilNs: number): Promise<void> {
    const delayNs = untilNs - this.nowNs();
    // Timers have a grain of 1 ms and a load of 10,000 operations per second needs a finer one: poll below it.
    if (delayNs < NS_PER_MS) return this.#yield();
    await new Promise<void>((resolve) => {
      const timer = Number.isFinite(delayNs)
        ? setTimeout(done, Math.min(Math.floor(delayNs / NS_PER_MS), 2 ** 31 - 1))
        : undefined;
      const withdraw = wakeup.onWake(done);
      function done(): void {
        clearTimeout(timer);
        withdraw();
        resolve();
      }
    });
    this.#yieldedNs = this.nowNs();
  }
}

/** The wall clock, for names of folders and time stamps in manifests; never for measuring. */
export function wallClockNow(): Date {
  return new Date();
}
