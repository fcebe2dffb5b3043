import type { Checker } from "../harness/ports/checker.ts";
import { convergentModels, eventual, strongEventual } from "./convergence/convergence.ts";
import { linearizable } from "./linearizable/linearizable.ts";
import { createModel, type ModelOptions, models } from "./models/index.ts";
import { setFull, setModels } from "./set-full/set-full.ts";

/** What the operations of a history mean. */
interface Meaning {
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

/** Every consistency model that can be judged, by the name that `--consistency` takes. */
export const consistencies: Readonly<Record<string, Consistency>> = {
  linearizable: {
    description:
      "every operation takes effect at one instant between its invocation and its completion (Herlihy and Wing 1990)",
    models: Object.keys(models),
    checker: ({ model, options }) => linearizable(createModel(model, options)),
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
};
