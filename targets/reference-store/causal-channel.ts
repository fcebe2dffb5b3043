import type { Json } from "../../harness/history/operation.ts";
import { MAX_BATCH } from "./batch.ts";
import { type CausalEntry, CausalLog } from "./causal-log.ts";
import type { EffectList } from "./effect-list.ts";
import type { DiskContents } from "./frame.ts";
import { joined, type VectorClock } from "./vector-clock.ts";

export type CausalMessage<Body extends Json> =
  | { readonly type: "Updates"; readonly entries: readonly CausalEntry<Body>[] }
  /** What is delivered here: whoever has more sends it. */
  | { readonly type: "Digest"; readonly clock: VectorClock };

type Effects<Body extends Json> = Pick<
  EffectList<CausalMessage<Body>>,
  "send" | "append" | "sync" | "setTimer"
>;

/** How an update spreads where that is not as usual. */
interface Spread {
  /** What it comes after, where that is less than all that is delivered here. */
  readonly after?: VectorClock;
  /** Who is told at once, where that is not everybody; the others have it by exchange. */
  readonly to?: readonly string[];
}

/** The timer of every channel. */
export const EXCHANGE = "exchange";
const UPDATES = "updates";

/**
 * Brings updates to all nodes, over a network that loses and reorders, and delivers them in causal order. What is
 * delivered is durable before anybody hears of it, and delivered again at a start. New updates are sent at once;
 * whatever is lost comes when the timer {@link EXCHANGE} fires and nodes tell each other what they have.
 */
export class CausalChannel<Body extends Json> {
  readonly #others: readonly string[];
  readonly #intervalNs: number;
  readonly #log: CausalLog<Body>;

  constructor(id: string, others: readonly string[], intervalNs: number) {
    this.#log = new CausalLog(id);
    this.#others = others;
    this.#intervalNs = intervalNs;
  }

  /** What is delivered here. */
  get clock(): VectorClock {
    return this.#log.clock;
  }

  /** Starts on what the disk holds; that, in the order in which it was delivered. */
  start(disk: DiskContents, effects: Effects<Body>): readonly CausalEntry<Body>[] {
    effects.setTimer(EXCHANGE, this.#intervalNs);
    const stored = (disk.logs.get(UPDATES) ?? []) as readonly CausalEntry<Body>[];
    return stored.flatMap((entry) => this.#log.receive(entry));
  }

  /** Sends an update to all. It is delivered here already, and elsewhere after all that is delivered here. */
  broadcast(body: Body, effects: Effects<Body>, spread: Spread = {}): CausalEntry<Body> {
    const entry = this.#log.create(body, spread.after);
    this.#keep([entry], effects);
    for (const other of spread.to ?? this.#others) {
      effects.send(other, { type: "Updates", entries: [entry] });
    }
    return entry;
  }

  /** Takes a message; the updates that are delivered now, in causal order. */
  hear(from: string, message: CausalMessage<Body>, effects: Effects<Body>): readonly CausalEntry<Body>[] {
    if (message.type === "Updates") {
      const delivered = message.entries.flatMap((entry) => this.#log.receive(entry));
      if (delivered.length > 0) this.#keep(delivered, effects);
      return delivered;
    }
    const entries = this.#log.missingFrom(message.clock, MAX_BATCH);
    if (entries.length > 0) effects.send(from, { type: "Updates", entries });
    return [];
  }

  /** The timer fired. */
  exchange(effects: Effects<Body>, others = this.#others, claimed: VectorClock = {}): void {
    effects.setTimer(EXCHANGE, this.#intervalNs);
    this.ask(effects, others, claimed);
  }

  /**
   * Tells all others, or some, what is delivered here, so that they send the rest. `claimed`: what is told beside that;
   * only a mistake claims anything.
   */
  ask(effects: Effects<Body>, others = this.#others, claimed: VectorClock = {}): void {
    const clock = joined(this.clock, claimed);
    for (const other of others) effects.send(other, { type: "Digest", clock });
  }

  #keep(entries: readonly CausalEntry<Body>[], effects: Effects<Body>): void {
    effects.append(UPDATES, entries);
    effects.sync();
  }
}
