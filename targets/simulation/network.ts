import type { Random } from "../../harness/clock/random.ts";
import type { VirtualClock } from "../../harness/clock/virtual-clock.ts";
import { invariant } from "../../harness/errors.ts";
import type { Json } from "../../harness/history/operation.ts";
import type { DirectedLink } from "../../harness/ports/cluster.ts";
import { latencyNs } from "./latency.ts";

export interface NetworkOptions {
  /** Mean latency of one message, one way. */
  readonly meanLatencyNs: number;
  /** Probability that a message is lost. */
  readonly loss: number;
  /** Probability that a message arrives twice. */
  readonly duplication: number;
}

export interface NetworkCounts {
  sent: number;
  delivered: number;
  /** Lost by chance. */
  lost: number;
  duplicated: number;
  /** Stopped by a partition. */
  dropped: number;
}

export interface NetworkSetup {
  readonly nodes: readonly string[];
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly options: NetworkOptions;
  readonly deliver: (from: string, to: string, message: Json) => void;
  /**
   * Makes what a receiver gets from what was sent; once per arrival. By default the object itself: messages are
   * values, nobody changes one after it was sent. A copy must give the same run, which is how that is tested.
   */
  readonly handOver?: (message: Json) => Json;
}

/**
 * The network between nodes: every message has a latency of its own, so messages overtake each other; some are lost,
 * some arrive twice, and none crosses a blocked link, whether it was blocked at departure or at arrival.
 * Cost: O(log m) a message, with m messages and timers under way.
 */
export class SimulatedNetwork {
  readonly counts: NetworkCounts = { sent: 0, delivered: 0, lost: 0, duplicated: 0, dropped: 0 };
  readonly #setup: NetworkSetup;
  readonly #blocked = new Map<string, Set<string>>();
  #droppedBefore = 0;

  constructor(setup: NetworkSetup) {
    this.#setup = setup;
  }

  send(from: string, to: string, message: Json): void {
    invariant(from !== to, `${from} sends to itself over the network`);
    const { random, options } = this.#setup;
    this.counts.sent++;
    // Chance is drawn before the partition is looked at: a partition does not change the fate of other messages.
    const lost = random.chance(options.loss);
    const duplicated = random.chance(options.duplication);
    const delayNs = latencyNs(random, options.meanLatencyNs);
    if (this.#stops(from, to)) return;
    if (lost) this.counts.lost++;
    else this.#depart(from, to, message, delayNs);
    if (!duplicated) return;
    this.counts.duplicated++;
    this.#depart(from, to, message, latencyNs(random, options.meanLatencyNs));
  }

  /** Blocks links beside those that are blocked already; how many of them were open. */
  block(links: readonly DirectedLink[]): number {
    let fresh = 0;
    for (const { from, to } of links) {
      const { nodes } = this.#setup;
      invariant(nodes.includes(from) && nodes.includes(to), `no link from ${from} to ${to} in ${nodes}`);
      const blocked = this.#blocked.get(from) ?? new Set();
      if (!blocked.has(to)) fresh++;
      this.#blocked.set(from, blocked.add(to));
    }
    return fresh;
  }

  /** Opens every link; how many messages were dropped since the last heal. */
  heal(): number {
    this.#blocked.clear();
    const dropped = this.counts.dropped - this.#droppedBefore;
    this.#droppedBefore = this.counts.dropped;
    return dropped;
  }

  #depart(from: string, to: string, message: Json, delayNs: number): void {
    this.#setup.clock.schedule(delayNs, () => this.#arrive(from, to, message));
  }

  #arrive(from: string, to: string, message: Json): void {
    if (this.#stops(from, to)) return;
    this.counts.delivered++;
    const { deliver, handOver } = this.#setup;
    deliver(from, to, handOver === undefined ? message : handOver(message));
  }

  #stops(from: string, to: string): boolean {
    if (this.#blocked.size === 0 || this.#blocked.get(from)?.has(to) !== true) return false;
    this.counts.dropped++;
    return true;
  }
}
