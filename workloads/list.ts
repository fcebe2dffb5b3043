import {
  type Context,
  drawThread,
  type Generator,
  type GeneratorEvent,
  type Offer,
  offerInvocation,
} from "../harness/generator/index.ts";
import type { Json } from "../harness/history/operation.ts";
import type { Workload } from "../harness/ports/index.ts";
import { keyedLoad, keyOptions } from "./keyed-load.ts";
import { KnownElements } from "./known-elements.ts";
import { readEverywhere } from "./read-everywhere.ts";

/**
 * Inserts into lists, removes from them and reads of all of them, as several people edit one text: `insert` [id, after] →
 * [id, after], where `after` is an element that the node is known to have, or null for the beginning; `remove` id → id; `read`
 * null → [ids]. A node that does not know `after` fails. In the end every list is read at every node until all agree.
 */
export const list: Workload = {
  name: "list",
  description: "inserts into lists, removes and reads of them, in the end at every node",
  model: "list",
  consistency: "strong-eventual",
  operations: { insert: { hasEffect: true }, remove: { hasEffect: true }, read: { hasEffect: false } },
  options: {
    ...keyOptions,
    remove: { description: "whether elements are removed", default: "yes", values: ["yes", "no"] },
  },
  uses: ({ remove }) => (remove === "no" ? ["insert", "read"] : ["insert", "remove", "read"]),
  generators: (setup) => ({
    load: keyedLoad(setup, () => {
      const plan = { nodeCount: setup.nodes.length, removes: setup.options["remove"] !== "no" };
      return new ListOperations(plan, 0, KnownElements.none());
    }),
    recovery: (keys) => readEverywhere({ keys, nodeCount: setup.nodes.length }),
  }),
};

interface Plan {
  readonly nodeCount: number;
  readonly removes: boolean;
}

/** One list's operations: about half of them inserts, one in seven a remove, the rest reads. */
class ListOperations implements Generator {
  readonly #plan: Plan;
  /** How many elements there were. */
  readonly #inserted: number;
  readonly #known: KnownElements;

  constructor(plan: Plan, inserted: number, known: KnownElements) {
    this.#plan = plan;
    this.#inserted = inserted;
    this.#known = known;
  }

  op(context: Context): Offer {
    const thread = drawThread(context);
    if (thread === "pending" || thread === "done") return thread;
    const { random } = context;
    const node = (thread as number) % this.#plan.nodeCount;
    const there = this.#known.at(node);
    const draw = random.float();
    if (draw < 0.35) return offerInvocation(context, thread, { f: "read" }, this);
    if (draw < 0.5 && this.#plan.removes && there.length > 0) {
      const id = random.pick(there);
      const next = new ListOperations(this.#plan, this.#inserted, this.#known.without(node, id));
      return offerInvocation(context, thread, { f: "remove", value: id }, next);
    }
    const id = this.#inserted + 1;
    // Many insert at one place, as people do who type in one paragraph: that is where orders can differ.
    const after = there.length === 0 || random.chance(0.3) ? null : random.pick(there.slice(-3));
    const next = new ListOperations(this.#plan, id, this.#known);
    return offerInvocation(context, thread, { f: "insert", value: [id, after] }, next);
  }

  update(_context: Context, { type, f, thread, value }: GeneratorEvent): Generator {
    if (type !== "ok" || f === "remove") return this;
    const node = (thread as number) % this.#plan.nodeCount;
    const known =
      f === "read"
        ? this.#known.showing(node, value as readonly Json[])
        : this.#known.with(node, (value as readonly Json[])[0] as Json);
    return new ListOperations(this.#plan, this.#inserted, known);
  }
}
