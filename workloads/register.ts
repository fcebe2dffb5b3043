import {
  type Context,
  drawThread,
  type Generator,
  type GeneratorEvent,
  type Offer,
  offerInvocation,
} from "../harness/generator/index.ts";
import type { Json } from "../harness/history/operation.ts";
import type { Workload, WorkloadSetup } from "../harness/ports/index.ts";
import { countOption } from "./count-option.ts";
import { finalReads } from "./final-reads.ts";
import { keyedLoad, keyOptions } from "./keyed-load.ts";
import { readEverywhere, textInAnyOrder } from "./read-everywhere.ts";

/**
 * Reads, writes and compare-and-sets on many registers. A group of clients works on one key until its share of
 * operations is used up, and then on a fresh one, so that checking stays cheap while the run may be long.
 *
 * Values are distinct per key unless `values` bounds them, which makes every read name its write; a
 * compare-and-set expects the value that the group saw last, so that a good part of them succeeds. With `cas=no` there
 * is none, for stores that have only reads and writes.
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
    ...keyOptions,
    values: countOption("how many different values are written; 0: every value of a key is distinct", 0),
    cas: {
      description: "whether there are compare-and-sets, or reads and writes alone",
      default: "yes",
      values: ["yes", "no"],
    },
    "final-reads": {
      description:
        "whether each key is read once in the end, or everywhere: at each node until all agree, for eventual consistency",
      default: "once",
      values: ["once", "everywhere"],
    },
  },
  uses: ({ cas }) => (cas === "no" ? ["read", "write"] : ["read", "write", "cas"]),
  generators: (setup) => ({
    load: load(setup),
    recovery: (keys) =>
      setup.options["final-reads"] === "everywhere"
        ? readEverywhere({ keys, nodeCount: setup.nodes.length })
        : finalReads(keys, setup.concurrency),
  }),
};

/** As {@link register}, without compare-and-sets, for registers that keep every value of writes that did not see each other. */
export const mvRegister: Workload = {
  name: "mv-register",
  description: "reads and writes of multi-value registers, in the end at every node",
  model: "mv-register",
  consistency: "eventual",
  operations: { read: { hasEffect: false }, write: { hasEffect: true } },
  options: keyOptions,
  generators: (setup) => ({
    load: keyedLoad(setup, () => new RegisterOperations(0, null, 0, WITHOUT_CAS)),
    recovery: (keys) => readEverywhere({ keys, nodeCount: setup.nodes.length, textOf: textInAnyOrder }),
  }),
};

function load(setup: WorkloadSetup): Generator {
  const values = Number(setup.options["values"]);
  const mix = setup.options["cas"] === "no" ? WITHOUT_CAS : WITH_CAS;
  return keyedLoad(setup, () => new RegisterOperations(0, null, values, mix));
}

/** Which part of the operations is reads, and which reads or writes; what is left is compare-and-sets. */
interface Mix {
  readonly reads: number;
  readonly readsOrWrites: number;
}

const WITH_CAS: Mix = { reads: 0.5, readsOrWrites: 0.75 };
const WITHOUT_CAS: Mix = { reads: 0.5, readsOrWrites: 1 };

/** One key's operations. A class for its shared shape alone: a load makes one per operation. */
class RegisterOperations implements Generator {
  /** How many values were asked for: the next distinct one is one more. */
  readonly #written: number;
  /** The value that somebody of the group saw last. */
  readonly #seen: Json;
  /** Size of the domain; 0: distinct values. */
  readonly #values: number;
  readonly #mix: Mix;

  constructor(written: number, seen: Json, values: number, mix: Mix) {
    this.#written = written;
    this.#seen = seen;
    this.#values = values;
    this.#mix = mix;
  }

  op(context: Context): Offer {
    const thread = drawThread(context);
    if (thread === "pending" || thread === "done") return thread;
    const { random } = context;
    const draw = random.float();
    if (draw < this.#mix.reads) return offerInvocation(context, thread, { f: "read" }, this);
    const fresh = this.#values === 0 ? this.#written + 1 : random.int(this.#values);
    const next = new RegisterOperations(this.#written + 1, this.#seen, this.#values, this.#mix);
    return draw < this.#mix.readsOrWrites
      ? offerInvocation(context, thread, { f: "write", value: fresh }, next)
      : offerInvocation(context, thread, { f: "cas", value: [this.#seen, fresh] }, next);
  }

  update(_context: Context, event: GeneratorEvent): Generator {
    if (event.type !== "ok") return this;
    const seen = event.f === "cas" ? ((event.value as readonly Json[])[1] ?? null) : event.value;
    return seen === this.#seen ? this : new RegisterOperations(this.#written, seen, this.#values, this.#mix);
  }
}
