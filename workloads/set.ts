import {
  type Context,
  drawThread,
  type Generator,
  type GeneratorEvent,
  type Offer,
  offerInvocation,
} from "../harness/generator/index.ts";
import type { Json } from "../harness/history/operation.ts";
import type { OptionTable, OptionValues, Workload, WorkloadSetup } from "../harness/ports/index.ts";
import { keyedLoad, keyOptions } from "./keyed-load.ts";
import { KnownElements } from "./known-elements.ts";
import { readEverywhere, textInAnyOrder } from "./read-everywhere.ts";

const options: OptionTable = {
  ...keyOptions,
  remove: {
    description: "whether elements are removed, or only added, for sets that only grow",
    default: "yes",
    values: ["yes", "no"],
  },
  "re-add": {
    description: "whether what was removed is added again, for sets in which that can be",
    default: "no",
    values: ["yes", "no"],
  },
};

/**
 * Adds to sets, removes from them and reads of all of them: `add` x → x, `remove` x → x, `read` null → [all]. Mostly a client
 * removes what its node is known to have. In the end every set is read at every node until all agree.
 */
export const set: Workload = {
  name: "set",
  description: "adds to sets, removes and reads of them, in the end at every node",
  model: "set",
  consistency: "eventual",
  operations: { add: { hasEffect: true }, remove: { hasEffect: true }, read: { hasEffect: false } },
  options,
  uses: ({ remove }) => (remove === "no" ? ["add", "read"] : ["add", "remove", "read"]),
  generators: (setup) => ({
    load: keyedLoad(setup, () => new SetOperations(planOf(setup), 0, [], KnownElements.none())),
    recovery: (keys) => readEverywhere({ keys, nodeCount: setup.nodes.length, textOf: textInAnyOrder }),
  }),
};

/** As {@link set}, for sets in which an add wins over a remove beside it; they take back what was removed. */
export const orSet: Workload = {
  ...set,
  name: "or-set",
  description: "as the workload set, with elements that come back, for sets in which an add wins",
  model: "or-set",
  consistency: "strong-eventual",
  options: { ...options, "re-add": { ...(options["re-add"] as OptionTable[string]), default: "yes" } },
};

interface Plan {
  readonly nodeCount: number;
  readonly removes: boolean;
  readonly readds: boolean;
}

function planOf({ nodes, options: given }: Pick<WorkloadSetup, "nodes"> & { options: OptionValues }): Plan {
  return { nodeCount: nodes.length, removes: given["remove"] !== "no", readds: given["re-add"] === "yes" };
}

/** One set's operations: about half of them adds, a fifth removes, the rest reads. */
class SetOperations implements Generator {
  readonly #plan: Plan;
  /** How many distinct elements there were. */
  readonly #added: number;
  /** Elements that somebody removed. */
  readonly #removed: readonly Json[];
  readonly #known: KnownElements;

  constructor(plan: Plan, added: number, removed: readonly Json[], known: KnownElements) {
    this.#plan = plan;
    this.#added = added;
    this.#removed = removed;
    this.#known = known;
  }

  op(context: Context): Offer {
    const thread = drawThread(context);
    if (thread === "pending" || thread === "done") return thread;
    const { random } = context;
    const draw = random.float();
    const here = (thread as number) % this.#plan.nodeCount;
    const node = random.chance(0.8) ? here : random.int(this.#plan.nodeCount);
    const there = this.#known.at(node);
    if (draw < 0.3) return offerInvocation(context, thread, { f: "read" }, this);
    if (draw < 0.5 && this.#plan.removes && there.length > 0) {
      const element = random.pick(there);
      const removed = this.#removed.includes(element) ? this.#removed : [...this.#removed, element];
      const next = new SetOperations(this.#plan, this.#added, removed, this.#known.without(node, element));
      return offerInvocation(context, thread, { f: "remove", value: element }, next);
    }
    if (this.#plan.readds && this.#removed.length > 0 && random.chance(0.4)) {
      return offerInvocation(context, thread, { f: "add", value: random.pick(this.#removed) }, this);
    }
    const added = this.#added + 1;
    const next = new SetOperations(this.#plan, added, this.#removed, this.#known);
    return offerInvocation(context, thread, { f: "add", value: added }, next);
  }

  update(_context: Context, { type, f, thread, value }: GeneratorEvent): Generator {
    if (type !== "ok" || f === "remove") return this;
    const node = (thread as number) % this.#plan.nodeCount;
    const known =
      f === "read" ? this.#known.showing(node, value as readonly Json[]) : this.#known.with(node, value);
    return new SetOperations(this.#plan, this.#added, this.#removed, known);
  }
}
