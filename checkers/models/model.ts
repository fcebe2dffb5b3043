import type { CompletionType, Json, Key } from "../../harness/history/index.ts";
import { excerpt } from "./excerpt.ts";
import type { Operations } from "./schema.ts";

/** What a model sees of one operation: what was asked, and what was answered. */
export interface ModelOperation {
  readonly f: string;
  /** The value at invocation. */
  readonly input: Json;
  /** What the client saw; only where `type` is `ok`. */
  readonly output?: Json;
  /** An operation that never completed counts as `info`. */
  readonly type: CompletionType;
  /** The code of the error, only where `type` is `fail` and an error was recorded. */
  readonly errorCode?: string;
  /** Who asked. A model may look at it only where it says so ({@link Model.byProcess}); else `step` does not see it. */
  readonly process?: number;
}

/** What one operation does in one state: the state after it, or in words why it cannot have had this answer there. */
export type Step<State extends Json> = { readonly state: State } | { readonly rejected: string };

/**
 * In which states an operation can succeed: in any, and without looking (`"any state"`); in one only; or in a way that
 * depends on the state otherwise (`"some states"`).
 */
export type Needs<State extends Json> = "any state" | "some states" | { readonly state: State };

/**
 * How states flow from operation to operation, where that can be told from the operations alone. It lets the checker
 * leave out crashed operations that nobody observed, shrink witnesses and tell who wrote what.
 */
export interface Dataflow<State extends Json> {
  /** The state that the operation leaves wherever it succeeds; undefined where that depends on the state before. */
  leaves(operation: ModelOperation): State | undefined;
  needs(operation: ModelOperation): Needs<State>;
}

/**
 * A sequential specification: how one object behaves when operations come one at a time. A plain object is enough:
 * only `name`, `init` and `step` are required, the rest makes checking faster and the explanations better.
 *
 * States are JSON values and are never changed in place. All functions are pure, and called once for operations
 * that are equal.
 */
export interface Model<State extends Json = Json> {
  readonly name: string;
  readonly init: State;
  step(state: State, operation: ModelOperation): Step<State>;

  /** What one instance is called in explanations: `register`. Default: `object`. */
  readonly object?: string;
  /** The operations that it knows, and their values; others are refused. Default: whatever comes is put to `step`. */
  readonly operations?: Operations;
  /** `by-key`, the default: operations on different keys belong to independent objects. `whole`: the key says nothing. */
  readonly partition?: "by-key" | "whole";
  /**
   * Splits one object further: operations with different values here never affect one another, as those on different
   * elements of a set. Undefined for an operation that concerns all of it; an object with one of those stays whole.
   */
  split?(operation: ModelOperation): Json | undefined;

  /** True where it matters which process asks: equal operations of two processes may then behave differently. */
  readonly byProcess?: boolean;

  /** What was expected, where the values of an operation do not fit the model in a way that `operations` cannot say. */
  misfit?(operation: ModelOperation): string | undefined;
  /** True where the operation leaves every state as it is. Default: no operation does. */
  isPure?(operation: ModelOperation): boolean;
  /** True where the answer tells nothing and the operation changes nothing, so that it can be left out. */
  isVoid?(operation: ModelOperation): boolean;
  /** True where a failed operation is kept because its failure is an answer. It must be pure. Default: all are dropped. */
  observesFailure?(operation: ModelOperation): boolean;
  /** Operations with equal values here behave equally in every state. Default: equal in all that the model sees. */
  transition?(operation: ModelOperation): Json;
  readonly dataflow?: Dataflow<State>;
  /**
   * The values that an operation concerns, of an object whose values do not stand in for one another: from any legal row of
   * operations, those with an effect can be left out together with all that are about one of their values, and the rest
   * is legal, if need be without some that were not answered. As with the elements of a queue: without the one, the others come out in
   * the same order. Undefined for an operation that concerns, or may concern, everything. It lets explanations prove more
   * with less.
   */
  about?(operation: ModelOperation): readonly Json[] | undefined;
  /** The operation in the past tense: `read 4 from x`. */
  describe?(operation: ModelOperation, key: Key | undefined): string;
  /** A state in the past tense, to follow the name of the object: `was held by process 4`. Default: `held`, and the state. */
  describeState?(state: State): string;
}

/** The state in words, to follow the name of the object. */
export function describeState(model: Model, state: Json): string {
  return model.describeState?.(state) ?? `held ${excerpt(state)}`;
}

/** The operation in words, also where the model has none for it. */
export function describeOperation(model: Model, operation: ModelOperation, key: Key | undefined): string {
  if (model.describe !== undefined) return model.describe(operation, key);
  const answer = operation.output === undefined ? "" : ` → ${JSON.stringify(operation.output)}`;
  return `${operation.f}${key === undefined ? "" : ` ${key}`} ${JSON.stringify(operation.input)}${answer}`;
}
