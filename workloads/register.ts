import type { Context, Generator, GeneratorEvent, Offer } from "../harness/generator/index.ts";
import {
  concurrentKeys,
  drawThread,
  eachThread,
  limit,
  operation,
  phases,
  repeat,
  sequence,
  untilOk,
} from "../harness/generator/index.ts";
import type { Json, Key } from "../harness/history/operation.ts";
import type { OptionSpec, Workload, WorkloadSetup } from "../harness/ports/index.ts";

/** How many of the last keys every client reads at the end: those that were busy when the load ended. */
const LAST_KEYS_READ_BY_ALL = 3;

/**
 * Reads, writes and compare-and-sets on many registers. A group of clients works on one key until its share of
 * operations is used up, and then on a fresh one, so that checking stays cheap while the run may be long.
 *
 * Values are distinct per key unless `values` bounds them, which makes every read name its write; a
 * compare-and-set expects the value that the group saw last, so that a good part of them succeeds.
 */
export const register: Workload = {
  name: "register",
  description: "reads, writes and compare-and-sets on many registers",
  model: "cas-register",
  operations: {
    read: { hasEffect: false },
    write: { hasEffect: true },
    cas: { hasEffect: true },
  },
  options: {
    keys: count(
      "keys that are worked on at the same time; 0: one for each set of clients that spans all nodes",
      0,
    ),
    "ops-per-key": count("operations on a key before a fresh one takes its place", 100, 1),
    values: count("how many different values are written; 0: every value of a key is distinct", 0),
  },
  generators: (setup) => ({
    load: load(setup),
    recovery: (keys) => finalReads(keys, setup.concurrency),
  }),
};

function count(description: string, byDefault: number, least = 0): OptionSpec {
  return {
    description,
    default: String(byDefault),
    problem: (value) =>
      /^\d{1,9}$/.test(value) && Number(value) >= least
        ? undefined
        : `must be a whole number of at least ${least}`,
  };
}

function load({ nodes, concurrency, options }: WorkloadSetup): Generator {
  const groups = Number(options["keys"]) || Math.max(1, Math.floor(concurrency / nodes.length));
  const opsPerKey = Number(options["ops-per-key"]);
  const values = Number(options["values"]);
  return concurrentKeys({
    groups,
    keys: (ordinal) => `k${ordinal}`,
    generatorFor: () => limit(opsPerKey, new RegisterOperations(0, null, values)),
  });
}

/**
 * Every key once, asked again until it answers, since a failed final read is no loss; then the last keys through
 * every client, which shows replicas that lag behind.
 */
function finalReads(keys: readonly Key[], concurrency: number): Generator {
  const read = (key: Key) => operation({ f: "read", key, value: null });
  return phases(
    concurrentKeys({
      groups: concurrency,
      keyCount: keys.length,
      keys: (ordinal) => keys[ordinal] as Key,
      generatorFor: (key) => untilOk(repeat(read(key))),
    }),
    eachThread(sequence(...keys.slice(-LAST_KEYS_READ_BY_ALL).map(read))),
  );
}

/**
 * One key's operations: half of them reads, a quarter writes, a quarter compare-and-sets. A class for its shared shape
 * alone: a load makes one per operation.
 */
class RegisterOperations implements Generator {
  /** How many values were asked for: the next distinct one is one more. */
  readonly #written: number;
  /** The value that somebody of the group saw last. */
  readonly #seen: Json;
  /** Size of the domain; 0: distinct values. */
  readonly #values: number;

  constructor(written: number, seen: Json, values: number) {
    this.#written = written;
    this.#seen = seen;
    this.#values = values;
  }

  op(context: Context): Offer {
    const thread = drawThread(context);
    if (thread === "pending" || thread === "done") return thread;
    const { random, timeNs } = context;
    const draw = random.float();
    if (draw < 0.5)
      return { operation: { kind: "invoke", timeNs, thread, f: "read", value: null }, next: this };
    const fresh = this.#values === 0 ? this.#written + 1 : random.int(this.#values);
    const next = new RegisterOperations(this.#written + 1, this.#seen, this.#values);
    return draw < 0.75
      ? { operation: { kind: "invoke", timeNs, thread, f: "write", value: fresh }, next }
      : { operation: { kind: "invoke", timeNs, thread, f: "cas", value: [this.#seen, fresh] }, next };
  }

  update(_context: Context, event: GeneratorEvent): Generator {
    if (event.type !== "ok") return this;
    const seen = event.f === "cas" ? ((event.value as readonly Json[])[1] ?? null) : event.value;
    return seen === this.#seen ? this : new RegisterOperations(this.#written, seen, this.#values);
  }
}
