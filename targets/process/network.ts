import type { Clock, Random } from "../../harness/clock/index.ts";
import { invariant } from "../../harness/errors.ts";
import type { DirectedLink } from "../../harness/ports/cluster.ts";
import type { LossReason, RunObserver } from "../../harness/ports/observer.ts";
import { DelayQueue } from "./delay-queue.ts";
import type { Message } from "./message.ts";

export interface NetworkOptions {
  /** Mean latency of a message between nodes, and between nodes and services, one way. */
  readonly meanLatencyNs: number;
  /** Mean latency between a client and its node, one way. */
  readonly meanClientLatencyNs: number;
  /** Probability that a message between nodes, or to or from a service, is lost. */
  readonly loss: number;
  /** Probability that such a message arrives twice. */
  readonly duplication: number;
}

export interface NetworkSetup {
  readonly clock: Clock;
  readonly random: Random;
  readonly options: NetworkOptions;
  /** Hands a message over; what was lost says why. `toRun`: the run of the receiver that it was meant for. */
  readonly deliver: (message: Message, toRun: number) => LossReason | undefined;
  readonly observer?: RunObserver;
}

/** Whom a message comes from and goes to. A client's connection loses nothing; other messages may be lost or doubled. */
export type Route = "client" | "server";

/** The chance of a link, one stream for each thing that it decides. */
interface LinkChance {
  readonly loss: Random;
  readonly duplication: Random;
  readonly latency: Random;
}

/**
 * The network that the harness plays: each message has a latency of its own, exponential around the mean, so messages
 * overtake each other; some are lost, some arrive twice, and none crosses a blocked link, whether it was blocked at
 * departure or at arrival. Latencies have a grain of a millisecond.
 */
export class ProcessNetwork {
  readonly #setup: NetworkSetup;
  readonly #queue: DelayQueue;
  readonly #chance = new Map<string, LinkChance>();
  readonly #blocked = new Map<string, Set<string>>();
  #sent = 0;
  #dropped = 0;

  constructor(setup: NetworkSetup) {
    this.#setup = setup;
    this.#queue = new DelayQueue(setup.clock);
  }

  send(message: Message, toRun: number, route: Route): void {
    const { src, dest, body } = message;
    const number = ++this.#sent;
    const { observer, clock, options } = this.#setup;
    observer?.trace?.({ timeNs: clock.nowNs(), type: "send", message: number, from: src, to: dest, body });
    const chance = this.#chanceOf(src, dest);
    if (route === "client") {
      this.#depart(message, toRun, number, latencyNs(chance.latency, options.meanClientLatencyNs));
      return;
    }
    const lost = chance.loss.chance(options.loss);
    const duplicated = chance.duplication.chance(options.duplication);
    if (this.#stops(src, dest)) {
      this.#lose(message, number, "partition");
      return;
    }
    // A message that is lost has no copy that arrives.
    if (lost) this.#lose(message, number, "chance");
    else
      for (let copy = duplicated ? 2 : 1; copy > 0; copy--) {
        this.#depart(message, toRun, number, latencyNs(chance.latency, options.meanLatencyNs));
      }
  }

  /** Blocks links beside those that are blocked already; how many of them were open. */
  block(links: readonly DirectedLink[]): number {
    let fresh = 0;
    for (const { from, to } of links) {
      invariant(from !== to, `a link leads from ${from} to itself`);
      const blocked = this.#blocked.get(from) ?? new Set();
      if (!blocked.has(to)) fresh++;
      this.#blocked.set(from, blocked.add(to));
    }
    return fresh;
  }

  /** Opens every link; how many messages were dropped since the last heal. */
  heal(): number {
    this.#blocked.clear();
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** Forgets whatever is under way. */
  async stop(): Promise<void> {
    await this.#queue.stop();
  }

  #depart(message: Message, toRun: number, number: number, delayNs: number): void {
    this.#queue.after(delayNs, () => this.#arrive(message, toRun, number));
  }

  #arrive(message: Message, toRun: number, number: number): void {
    const { src, dest } = message;
    if (this.#stops(src, dest)) {
      this.#lose(message, number, "partition");
      return;
    }
    const lost = this.#setup.deliver(message, toRun);
    if (lost !== undefined) this.#lose(message, number, lost);
    else this.#trace(message, number);
  }

  #stops(from: string, to: string): boolean {
    if (this.#blocked.get(from)?.has(to) !== true) return false;
    this.#dropped++;
    return true;
  }

  #lose(message: Message, number: number, reason: LossReason): void {
    this.#trace(message, number, reason);
  }

  #trace({ src: from, dest: to }: Message, message: number, reason?: LossReason): void {
    const { observer, clock } = this.#setup;
    if (observer?.trace === undefined) return;
    const event = { timeNs: clock.nowNs(), message, from, to };
    observer.trace(reason === undefined ? { ...event, type: "deliver" } : { ...event, type: "lose", reason });
  }

  #chanceOf(from: string, to: string): LinkChance {
    const link = `${from} ${to}`;
    let chance = this.#chance.get(link);
    if (chance === undefined) {
      const random = this.#setup.random.stream(link);
      chance = {
        loss: random.stream("loss"),
        duplication: random.stream("duplication"),
        latency: random.stream("latency"),
      };
      this.#chance.set(link, chance);
    }
    return chance;
  }
}

function latencyNs(random: Random, meanNs: number): number {
  return meanNs === 0 ? 0 : Math.round(random.exponential(meanNs));
}
