import { Wakeup } from "../clock/index.ts";

/** Somebody's wish to end the run early: the load ends, everything is healed, saved and checked. */
export class StopRequest {
  readonly #abort = new AbortController();
  readonly wakeup = new Wakeup();

  get stopped(): boolean {
    return this.#abort.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  stop(): void {
    this.#abort.abort();
    this.wakeup.wake();
  }
}
