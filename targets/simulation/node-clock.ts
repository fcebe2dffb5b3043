import { NS_PER_MS } from "../../harness/clock/duration.ts";
import type { VirtualClock } from "../../harness/clock/virtual-clock.ts";
import { invariant } from "../../harness/errors.ts";
import type { ClockSkew } from "../../harness/ports/cluster.ts";

/** A clock that is right. */
export const RIGHT: ClockSkew = { offsetNs: 0, rate: 1 };

/**
 * The clock that one machine goes by: true time until it is put wrong. It then jumps to true time and the offset, and
 * gains or loses by its rate from there; put right, it jumps back. It may go backwards, and below zero.
 */
export class NodeClock {
  readonly #trueClock: VirtualClock;
  #skew = RIGHT;
  /** When it was put as it is now, in true time. */
  #sinceNs = 0;
  /** What the monotonic clock showed then. */
  #monotonicNs = 0;

  constructor(trueClock: VirtualClock) {
    this.#trueClock = trueClock;
  }

  /** What it shows, in whole nanoseconds. */
  nowNs(): number {
    return this.#trueClock.nowNs() + this.offNs;
  }

  /** Time since the machine was made, at the speed of this clock: it never jumps. In whole nanoseconds. */
  monotonicNs(): number {
    return this.#monotonicNs + Math.round((this.#trueClock.nowNs() - this.#sinceNs) * this.#skew.rate);
  }

  /** How far it is ahead of true time; negative where it is behind. */
  get offNs(): number {
    const { offsetNs, rate } = this.#skew;
    if (rate === 1) return offsetNs;
    return offsetNs + Math.round((this.#trueClock.nowNs() - this.#sinceNs) * (rate - 1));
  }

  /** How much it gains on true time: 2 where it shows two seconds for each. */
  get rate(): number {
    return this.#skew.rate;
  }

  set(skew: ClockSkew): void {
    const { offsetNs, rate } = skew;
    invariant(Number.isSafeInteger(offsetNs), `a clock is off by whole ns, not by ${offsetNs}`);
    invariant(Number.isFinite(rate) && rate > 0, `a clock runs forward, not at a rate of ${rate}`);
    this.#monotonicNs = this.monotonicNs();
    this.#skew = skew;
    this.#sinceNs = this.#trueClock.nowNs();
  }

  /** How long `durationNs` by this clock takes in true time, in whole nanoseconds; at least 1 where it takes any. */
  trueNs(durationNs: number): number {
    return this.#skew.rate === 1 ? durationNs : Math.ceil(durationNs / this.#skew.rate);
  }
}

/** `1500 ms ahead, 1.25 times as fast`: what a clock is, for people. */
export function describeClock({ offNs, rate }: Pick<NodeClock, "offNs" | "rate">): string {
  const off = offNs === 0 ? [] : [describeOff(offNs)];
  const speed = rate === 1 ? [] : [`${rate} times as fast`];
  return [...off, ...speed].join(", ") || "right";
}

/** `1500 ms ahead`, to a tenth of a millisecond. */
export function describeOff(offNs: number): string {
  return `${Math.round(Math.abs(offNs) / (NS_PER_MS / 10)) / 10} ms ${offNs > 0 ? "ahead" : "behind"}`;
}
