/**
 * Time as everything in assay sees it. There are two implementations, {@link RealClock} and {@link VirtualClock};
 * whoever needs time takes a clock as a parameter.
 */
export interface Clock {
  /** Nanoseconds since the run started, an integer that never decreases. */
  nowNs(): number;
  /** Resolves after `durationNs`. */
  sleep(durationNs: number): Promise<void>;
  /**
   * Resolves when `wakeup` has been woken or at the instant `untilNs` (`Infinity` for never), whichever comes first,
   * and takes the wake-up. Everything that was already due runs before it resolves.
   */
  wait(wakeup: Wakeup, untilNs: number): Promise<void>;
}

/** A one-place signal: many may wake, one waits. */
export class Wakeup {
  #woken = false;
  #resolve: (() => void) | undefined;

  wake(): void {
    this.#woken = true;
    this.#resolve?.();
  }

  /** Whether it was woken since the last take. */
  take(): boolean {
    const woken = this.#woken;
    this.#woken = false;
    return woken;
  }

  get woken(): boolean {
    return this.#woken;
  }

  /** Calls back once at the next wake; the returned function withdraws it. */
  onWake(callback: () => void): () => void {
    this.#resolve = callback;
    return () => {
      if (this.#resolve === callback) this.#resolve = undefined;
    };
  }
}
