import type { Json } from "../../harness/history/operation.ts";
import { MAX_BATCH } from "./batch.ts";
import type { EffectList } from "./effect-list.ts";

/** The timer of every feed. */
export const FEED = "feed";

/** What a feed knows of one follower. */
interface Follower {
  /** It holds the log durably up to here. */
  acknowledged: number;
  /** It is sent what comes after this. */
  next: number;
  /** The last entry under way to it; 0 when there is none. */
  inFlight: number;
}

/**
 * Brings a log that only grows to followers: to each one batch at a time, what has gathered meanwhile in the next, and
 * again when nothing comes back. Entries are numbered from 1. The owner sets the timer {@link FEED} going through
 * {@link feed} and calls {@link again} when it fires.
 *
 * Cost: O(followers) a call beside the entries sent.
 */
export class LogFeed<Entry extends Json> {
  readonly #log: readonly Entry[];
  readonly #followers: ReadonlyMap<string, Follower>;
  readonly #intervalNs: number;
  #ticking = false;

  /** Where followers stand, they say when they are sent something: a restarted owner begins at its log's end. */
  constructor(log: readonly Entry[], followers: readonly string[], intervalNs: number) {
    this.#log = log;
    const next = Math.max(0, log.length - 1);
    this.#followers = new Map(followers.map((node) => [node, { acknowledged: 0, next, inFlight: 0 }]));
    this.#intervalNs = intervalNs;
  }

  /** Sends each follower what it lacks, unless a batch is under way to it. */
  feed<Message>(
    effects: EffectList<Message>,
    send: (to: string, first: number, entries: readonly Entry[]) => void,
  ): void {
    let waits = false;
    for (const [to, follower] of this.#followers) {
      const { acknowledged, next, inFlight } = follower;
      if (acknowledged === this.#log.length) continue;
      waits = true;
      if (inFlight > 0) continue;
      const entries = this.#log.slice(next, next + MAX_BATCH);
      follower.inFlight = next + entries.length;
      send(to, next + 1, entries);
    }
    if (waits && !this.#ticking) effects.setTimer(FEED, this.#intervalNs);
    this.#ticking = waits;
  }

  /** The timer fired: what was under way counts as lost. Feed next. */
  again(): void {
    this.#ticking = false;
    for (const follower of this.#followers.values()) {
      follower.next = follower.acknowledged;
      follower.inFlight = 0;
    }
  }

  /** The follower holds the log durably up to `upTo`. Feed next. */
  acknowledge(from: string, upTo: number): void {
    const follower = this.#followers.get(from);
    if (follower === undefined || upTo <= follower.acknowledged) return;
    follower.acknowledged = upTo;
    follower.next = Math.max(follower.next, upTo);
    if (upTo >= follower.inFlight) follower.inFlight = 0;
  }

  /** The follower was sent what comes after what it lacks: it goes on after `upTo`. Feed next. */
  rewind(from: string, upTo: number): void {
    const follower = this.#followers.get(from);
    if (follower === undefined) return;
    follower.next = upTo;
    follower.inFlight = 0;
  }

  /** How much of the log at least `count` nodes hold, the owner among them. */
  heldBy(count: number): number {
    const held = [this.#log.length];
    for (const { acknowledged } of this.#followers.values())
      held.push(Math.min(acknowledged, this.#log.length));
    return held.sort((a, b) => b - a)[count - 1] as number;
  }
}
