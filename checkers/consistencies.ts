import type { Checker } from "../harness/ports/checker.ts";
import { linearizable } from "./linearizable/linearizable.ts";
import { createModel, type Model, type ModelOptions, models } from "./models/index.ts";
import { REGISTER_MODELS } from "./register-history/read-registers.ts";
import { sequential } from "./sequential/sequential.ts";
import { ALL_GUARANTEES, GUARANTEES, type Guarantee } from "./sessions/guarantees.ts";
import { sessions } from "./sessions/sessions.ts";

/** What the operations of a history mean. */
export interface Meaning {
  /** The model that they belong to, by its name. */
  readonly model: string;
  readonly options: ModelOptions;
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
  session: ofRegisters("all four session guarantees at once (Terry et al. 1994)", (model) =>
    sessions(model, ALL_GUARANTEES),
  ),
  "read-your-writes": guarantee("read-your-writes"),
  "monotonic-reads": guarantee("monotonic-reads"),
  "monotonic-writes": guarantee("monotonic-writes"),
  "writes-follow-reads": guarantee("writes-follow-reads"),
};
