import type { Model } from "./model.ts";
import type { ModelOptions } from "./options.ts";

/** Which built-in model a model is, and with which options of meaning. */
export interface BuiltIn {
  readonly name: string;
  readonly options: ModelOptions;
}

const known = new WeakMap<Model, BuiltIn>();

/**
 * Marks a model as a built-in one. What is proved of the built-in models (special checkers) applies to these objects
 * alone: neither a user's model of the same name nor a changed copy carries the mark.
 */
export function builtIn(name: string, options: ModelOptions, model: Model): Model {
  known.set(model, { name, options });
  return model;
}

/** The built-in model that `model` is, or undefined for a user's own. */
export function builtInOf(model: Model): BuiltIn | undefined {
  return known.get(model);
}
