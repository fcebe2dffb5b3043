import type { Checker } from "../harness/ports/checker.ts";
import { causal, causalConvergence, causalMemory, pram } from "./causal/causal.ts";
import { convergence, convergentModels, eventual, strongEventual } from "./convergence/convergence.ts";
import { linearizable } from "./linearizable/linearizable.ts";
import { createModel, type Model, type ModelOptions, models } from "./models/index.ts";
import { lockModels, mutualExclusion } from "./mutual-exclusion/mutual-exclusion.ts";
import { REGISTER_MODELS } from "./register-history/read-registers.ts";
import { sequential } from "./sequential/sequential.ts";
import { ALL_GUARANTEES, GUARANTEES, type Guarantee } from "./sessions/guarantees.ts";
import { sessions } from "./sessions/sessions.ts";
import {
  deltaAtomic,
  kAtomic,
  type MaxStaleness,
  regular,
  safe,
  staleModels,
} from "./staleness/staleness.ts";

import { semanticAtomicity } from "./transactions/semantic-atomicity.ts";
import { serializable, strictSerializable, transactionModels } from "./transactions/serializable.ts";

export type { MaxStaleness } from "./staleness/staleness.ts";

import { setFull, setModels } from "./set-full/set-full.ts";

/** What the operations of a history mean. */
interface Meaning {
  /** The model that they belong to, by its name. */
  readonly model: string;
  readonly options: ModelOptions;
  /** How stale a read may be, for the consistency models that have such a bound. */
  readonly maxStaleness?: MaxStaleness;
}

/** A consistency model that can be judged. */
export interface Consistency {
  /** What it promises, with its source. */
  readonly description: string;
  /** The models whose operations it can judge. */
  readonly models: readonly string[];
  /** Makes the checker; only for the models that it can judge. */
  checker(of: Meaning): Checker;
}

/** A model of registers, all keys together. */
function ofRegisters(description: string, create: (model: Model) => Checker): Consistency {
  return {
    description,
    models: REGISTER_MODELS,
    checker: ({ model, options }) => create(createModel(model, options)),
  };
}

function guarantee(name: Guarantee): Consistency {
  return ofRegisters(`${GUARANTEES[name]} (Terry et al. 1994)`, (model) => sessions(model, [name]));
}

/** Every consistency model that can be judged, by the name that `--consistency` takes. */
export const consistencies: Readonly<Record<string, Consistency>> = {
  linearizable: {
    description:
      "every operation takes effect at one instant between its invocation and its completion (Herlihy and Wing 1990)",
    models: Object.keys(models),
    checker: ({ model, options }) => linearizable(createModel(model, options)),
  },
  sequential: {
    description:
      "one order of all operations, on all keys together, that keeps the order of each process (Lamport 1979)",
    models: Object.keys(models),
    checker: ({ model, options }) => sequential(createModel(model, options)),
  },
  "causal-memory": ofRegisters(
    "each session sees what comes causally before its operations in one order of its own (Ahamad et al. 1995)",
    causalMemory,
  ),
  "causal-convergence": ofRegisters(
    "each operation is explained by what comes causally before it, in one order for all (Bouajjani et al. 2017)",
    causalConvergence,
  ),
  causal: ofRegisters(
    "each operation is explained by what comes causally before it, in any order (Bouajjani et al. 2017)",
    causal,
  ),
  pram: ofRegisters(
    "each session sees the writes of each other session in their order (Lipton and Sandberg 1988)",
    pram,
  ),
  regular: {
    description:
      "a read returns a value that was being written, or the last one written before it, by some order of the writes for each read (Lamport 1986; MWRegWeak of Shao et al. 2011)",
    models: staleModels,
    checker: regular,
  },
  safe: {
    description: "as regular, but a read beside a write may return anything (Lamport 1986)",
    models: staleModels,
    checker: safe,
  },
  "k-atomic": {
    description:
      "in some order that extends real time a read returns one of the last k values; --max-staleness says k (Golab et al. 2011)",
    models: staleModels,
    checker: kAtomic,
  },
  "delta-atomic": {
    description:
      "linearizable, had every read begun as much earlier as --max-staleness says (Golab et al. 2011)",
    models: staleModels,
    checker: deltaAtomic,
  },
  "mutual-exclusion": {
    description:
      "tokens of a lock grow, and what it guards takes no write with a smaller token than one before; with leases, holders may overlap (Kleppmann 2016)",
    models: lockModels,
    checker: mutualExclusion,
  },
  serializable: {
    description:
      "some order of the transactions, one after the other, explains every answer (Adya 1999, PL-3)",
    models: transactionModels,
    checker: serializable,
  },
  "strict-serializable": {
    description: "serializable, by an order that extends real time",
    models: transactionModels,
    checker: strictSerializable,
  },
  "semantic-atomicity": {
    description:
      "in the end the steps of each saga all happened or all are compensated; before that they may show (Garcia-Molina and Salem 1987)",
    models: transactionModels,
    checker: semanticAtomicity,
  },
  convergence: {
    description:
      "once everything is healed and nobody changes anything, every node comes to show the same; what was acknowledged may be lost",
    models: convergentModels,
    checker: convergence,
  },
  eventual: {
    description:
      "once everything is healed and nobody changes anything, every node comes to show the same, with nothing acknowledged lost (Vogels 2009)",
    models: convergentModels,
    checker: eventual,
  },
  "set-full": {
    description:
      "once everything is healed every node shows every element that was acknowledged or seen; with how long it took (jepsen.checker/set-full)",
    models: setModels,
    checker: setFull,
  },
  "strong-eventual": {
    description:
      "eventual, and nodes that have seen the same updates show the same, so that lists have one order (Shapiro et al. 2011)",
    models: convergentModels,
    checker: strongEventual,
  },
  session: ofRegisters("all four session guarantees at once (Terry et al. 1994)", (model) =>
    sessions(model, ALL_GUARANTEES),
  ),
  "read-your-writes": guarantee("read-your-writes"),
  "monotonic-reads": guarantee("monotonic-reads"),
  "monotonic-writes": guarantee("monotonic-writes"),
  "writes-follow-reads": guarantee("writes-follow-reads"),
};
