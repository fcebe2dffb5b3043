import { NS_PER_MS } from "../harness/clock/duration.ts";
import {
  type Context,
  drawThread,
  type Generator,
  type GeneratorEvent,
  type Offer,
  offerInvocation,
} from "../harness/generator/index.ts";
import { Slots } from "../harness/generator/slots.ts";
import type { Workload } from "../harness/ports/index.ts";
import { countOption } from "./count-option.ts";
import { keyedLoad, keyOptions } from "./keyed-load.ts";
import { readEverywhere } from "./read-everywhere.ts";

/** How often a holder pauses before a write. */
const PAUSES = 0.15;

/** A holder writes at most so often before it releases. */
const MOST_WRITES = 4;

/**
 * Clients that take a lock in turns and write to what it guards: `acquire` null → token, `write` [token, v] → [token, v],
 * `release` token → token; the key is the lock's name, and that of what it guards. Tokens are integers that grow. A busy lock
 * fails an `acquire`; what is guarded fails a write whose token is too old, with the code `stale-token`.
 *
 * Now and then a holder pauses, so that its lease ends while it believes to hold the lock, and then writes all the same. In the
 * end every lock is acquired once more.
 */
export const lock: Workload = {
  name: "lock",
  description:
    "locks that are acquired, held, sometimes for too long, and released, and writes to what they guard",
  model: "leased-lock",
  consistency: "mutual-exclusion",
  operations: { acquire: { hasEffect: true }, write: { hasEffect: true }, release: { hasEffect: true } },
  options: {
    ...keyOptions,
    "longest-pause": countOption("how long a holder pauses at most, in ms; 0: never", 2_000),
  },
  generators: (setup) => ({
    load: keyedLoad(setup, () => {
      const longestPauseNs = Number(setup.options["longest-pause"]) * NS_PER_MS;
      return new LockOperations(longestPauseNs, 0, Slots.empty());
    }),
    // By any client, with pauses: whoever is heard of may keep what it holds, and some hold a lock when the load ends.
    recovery: (keys) =>
      readEverywhere({ keys, nodeCount: 1, read: (key) => ({ f: "acquire", key, value: null }) }),
  }),
};

/** What a client knows of the lock. */
interface Holding {
  readonly token: number;
  /** How often it writes before it releases. */
  readonly writesLeft: number;
  /** It has paused before its next write. */
  readonly rested: boolean;
}

/** The operations on one lock: each client acquires, writes a few times and releases, over and over. */
class LockOperations implements Generator {
  readonly #longestPauseNs: number;
  readonly #written: number;
  /** By thread. */
  readonly #holdings: Slots<Holding | undefined>;

  constructor(longestPauseNs: number, written: number, holdings: Slots<Holding | undefined>) {
    this.#longestPauseNs = longestPauseNs;
    this.#written = written;
    this.#holdings = holdings;
  }

  op(context: Context): Offer {
    const thread = drawThread(context);
    if (thread === "pending" || thread === "done") return thread;
    const { random, timeNs } = context;
    const holding = this.#holdings.at(thread as number);
    if (holding === undefined) return offerInvocation(context, thread, { f: "acquire" }, this);
    const { token, writesLeft, rested } = holding;
    const holds = (after: Holding | undefined, written = this.#written) =>
      new LockOperations(this.#longestPauseNs, written, this.#holdings.with(thread as number, after));
    if (writesLeft === 0)
      return offerInvocation(context, thread, { f: "release", value: token }, holds(undefined));
    if (!rested && this.#longestPauseNs > 0 && random.chance(PAUSES)) {
      const durationNs = 1 + random.int(this.#longestPauseNs);
      return {
        operation: { kind: "sleep", timeNs, thread, durationNs },
        next: holds({ ...holding, rested: true }),
      };
    }
    const written = this.#written + 1;
    const next = holds({ token, writesLeft: writesLeft - 1, rested: false }, written);
    return offerInvocation(context, thread, { f: "write", value: [token, written] }, next);
  }

  update(_context: Context, { type, f, thread, value }: GeneratorEvent): Generator {
    const held = this.#holdings.at(thread as number);
    const holds = (after: Holding | undefined) =>
      new LockOperations(this.#longestPauseNs, this.#written, this.#holdings.with(thread as number, after));
    if (type === "ok" && f === "acquire") {
      const token = value as number;
      // By the token and not by chance: what an update draws the next offer would draw again.
      return holds({ token, writesLeft: 1 + (token % MOST_WRITES), rested: false });
    }
    // Refused, or by nobody knows: it does not try again with this token.
    return (type === "fail" || type === "info") && held !== undefined ? holds(undefined) : this;
  }
}
