import { UsageError } from "../../harness/errors.ts";
import { casRegister } from "./cas-register.ts";
import type { Model } from "./model.ts";
import type { ModelOptions } from "./options.ts";
import { register } from "./register.ts";

export { type BuiltIn, builtInOf } from "./built-in.ts";
export { type CasRegisterOptions, casRegister } from "./cas-register.ts";
export {
  type Dataflow,
  describeOperation,
  type Model,
  type ModelOperation,
  type Needs,
  type Step,
} from "./model.ts";
export type { FailedCas, ModelOptions, NilReads } from "./options.ts";
export { type RegisterOptions, register } from "./register.ts";

/** As the command line and the documentation call them. */
const OPTION_NAMES: Readonly<Record<keyof ModelOptions, string>> = {
  init: "--init",
  failedCas: "--failed-cas",
  nilReads: "--nil-reads",
};

/** One line of the registry of models: help, docs and validation come from it. */
export interface ModelEntry {
  readonly description: string;
  /** Operations as they stand in files: value at invocation → value at completion. */
  readonly operations: Readonly<Record<string, string>>;
  /** The options that have a meaning for it. */
  readonly options: readonly (keyof ModelOptions)[];
  create(options: ModelOptions): Model;
}

/** Every built-in model, by its name. */
export const models: Readonly<Record<string, ModelEntry>> = {
  register: {
    description: "one value per key, read and written",
    operations: { read: "null → v", write: "v" },
    options: ["init", "nilReads"],
    create: register,
  },
  "cas-register": {
    description: "one value per key, read, written, and compared and set",
    operations: { read: "null → v", write: "v", cas: "[from, to]" },
    options: ["init", "failedCas", "nilReads"],
    create: casRegister,
  },
};

/**
 * The built-in model of that name.
 * Errors: {@link UsageError} `unknown-model`; `unknown-option` where an option has no meaning for the model.
 */
export function createModel(name: string, options: ModelOptions = {}): Model {
  const entry = Object.hasOwn(models, name) ? models[name] : undefined;
  if (entry === undefined) {
    throw new UsageError({
      code: "unknown-model",
      message: `there is no model ${JSON.stringify(name)}`,
      hint: `the models are: ${Object.keys(models).join(", ")}`,
    });
  }
  for (const option of Object.keys(options) as (keyof ModelOptions)[]) {
    if (options[option] === undefined || entry.options.includes(option)) continue;
    throw new UsageError({
      code: "unknown-option",
      message: `${OPTION_NAMES[option]} means nothing to the model ${name}`,
      hint: `what it takes: ${entry.options.map((each) => OPTION_NAMES[each]).join(", ")}`,
    });
  }
  return entry.create(options);
}
