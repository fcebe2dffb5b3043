import type { Random } from "../../harness/clock/random.ts";
import type { VirtualClock } from "../../harness/clock/virtual-clock.ts";
import { invariant } from "../../harness/errors.ts";
import type { Json } from "../../harness/history/operation.ts";
import type { DirectedLink } from "../../harness/ports/cluster.ts";
import type { LossReason } from "../../harness/ports/observer.ts";
import { latencyNs } from "./latency.ts";
import type { Trace } from "./trace.ts";

export interface NetworkOptions {
  /** Mean latency of one message, one way. */
  readonly meanLatencyNs: number;
  /** Probability that a message is lost. */
  readonly loss: number;
  /** Probability that a message that is not lost arrives twice. */
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
  /** What takes a node's messages; asked once for each link. */
  readonly receiver: (to: string) => Receive;
  /**
   * Makes what a receiver gets from what was sent; once per arrival. By default the object itself: messages are
   * values, nobody changes one after it was sent. A copy must give the same run, which is how that is tested.
   */
  readonly handOver?: (message: Json) => Json;
  readonly trace?: Trace | undefined;
}

/** `number` counts messages from 1, in the order of their sending. */
type Receive = (from: string, message: Json, number: number) => void;

interface Link {
  readonly from: string;
  readonly to: string;
  /** Decides the fate of this link's messages and of no others. */
  readonly random: Random;
  /** Decides how late the doubles of this link's messages are. */
  readonly ofDoubles: Random;
  readonly receive: Receive;
  blocked: boolean;
}

/**
 * The network between nodes: every message has a latency of its own, so messages overtake each other; some are lost,
 * some arrive twice, and none crosses a blocked link, whether it was blocked at departure or at arrival.
 *
 * The fate of the k-th message of a link is a function of the seed, the link and k: what other links carry, and
 * whether this one was blocked, changes nothing about it.
 * Cost: O(log m) a message, with m messages and timers under way.
 */
export class SimulatedNetwork {
  readonly counts: NetworkCounts = { sent: 0, delivered: 0, lost: 0, duplicated: 0, dropped: 0 };
  readonly #setup: NetworkSetup;
  readonly #nodes: ReadonlySet<string>;
  readonly #links = new Map<string, Map<string, Link>>();
  #droppedBefore = 0;

  constructor(setup: NetworkSetup) {
    this.#setup = setup;
    this.#nodes = new Set(setup.nodes);
  }

  send(from: string, to: string, message: Json): void {
    const link = this.#link(from, to);
    const { clock, options, trace } = this.#setup;
    const { random } = link;
    const number = ++this.counts.sent;
    trace?.({ timeNs: clock.nowNs(), type: "send", message: number, from, to, body: message });
    // The same numbers are drawn whatever becomes of the message: the next one's fate must not depend on that.
    const lost = random.chance(options.loss);
    const duplicated = random.chance(options.duplication);
    const delayNs = latencyNs(random, options.meanLatencyNs);
    const delayOfDoubleNs = duplicated ? latencyNs(link.ofDoubles, options.meanLatencyNs) : 0;
    if (link.blocked) {
      this.#drop(link, number);
      return;
    }
    if (lost) {
      this.counts.lost++;
      this.#traceLoss(link, number, "chance");
      return;
    }
    this.#depart(link, message, number, delayNs);
    if (!duplicated) return;
    this.counts.duplicated++;
    this.#depart(link, message, number, delayOfDoubleNs);
  }

  /** Blocks links beside those that are blocked already; how many of them were open. */
  block(links: readonly DirectedLink[]): number {
    let fresh = 0;
    for (const { from, to } of links) {
      const link = this.#link(from, to);
      if (!link.blocked) fresh++;
      link.blocked = true;
    }
    return fresh;
  }

  /** Opens every link; how many messages were dropped since the last heal. */
  heal(): number {
    for (const links of this.#links.values()) for (const link of links.values()) link.blocked = false;
    const dropped = this.counts.dropped - this.#droppedBefore;
    this.#droppedBefore = this.counts.dropped;
    return dropped;
  }

  #link(from: string, to: string): Link {
    return this.#links.get(from)?.get(to) ?? this.#newLink(from, to);
  }

  #newLink(from: string, to: string): Link {
    invariant(from !== to, `${from} sends to itself over the network`);
    invariant(
      this.#nodes.has(from) && this.#nodes.has(to),
      `no link from ${from} to ${to} in ${this.#setup.nodes}`,
    );
    const random = this.#setup.random.stream(`${from} to ${to}`);
    const link: Link = {
      from,
      to,
      random,
      ofDoubles: random.stream("doubles"),
      receive: this.#setup.receiver(to),
      blocked: false,
    };
    const links = this.#links.get(from) ?? new Map<string, Link>();
    this.#links.set(from, links.set(to, link));
    return link;
  }

  #depart(link: Link, message: Json, number: number, delayNs: number): void {
    this.#setup.clock.schedule(delayNs, () => this.#arrive(link, message, number));
  }

  #arrive(link: Link, message: Json, number: number): void {
    if (link.blocked) {
      this.#drop(link, number);
      return;
    }
    this.counts.delivered++;
    const { handOver } = this.#setup;
    link.receive(link.from, handOver === undefined ? message : handOver(message), number);
  }

  #drop(link: Link, number: number): void {
    this.counts.dropped++;
    this.#traceLoss(link, number, "partition");
  }

  #traceLoss({ from, to }: Link, message: number, reason: LossReason): void {
    const { clock, trace } = this.#setup;
    trace?.({ timeNs: clock.nowNs(), type: "lose", message, from, to, reason });
  }
}
