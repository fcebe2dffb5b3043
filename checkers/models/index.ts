import { UsageError } from "../../harness/errors.ts";
import { append } from "./append.ts";
import { bag } from "./bag.ts";
import { casRegister } from "./cas-register.ts";
import { counter } from "./counter.ts";
import { echo } from "./echo.ts";
import { fencedLock } from "./fenced-lock.ts";
import { kv } from "./kv.ts";
import { leasedLock } from "./leased-lock.ts";
import { list } from "./list.ts";
import { log } from "./log.ts";
import type { Model } from "./model.ts";
import { multiRegister } from "./multi-register.ts";
import { mutex } from "./mutex.ts";
import { mvRegister } from "./mv-register.ts";
import { MODEL_OPTIONS, type ModelOptions } from "./options.ts";
import { orSet } from "./or-set.ts";
import { ownerAwareMutex } from "./owner-aware-mutex.ts";
import { priorityQueue } from "./priority-queue.ts";
import { queue } from "./queue.ts";
import { register } from "./register.ts";
import { schemaText } from "./schema.ts";
import { semaphore } from "./semaphore.ts";
import { set } from "./set.ts";
import { stack } from "./stack.ts";
import { uniqueIds } from "./unique-ids.ts";

export { append, type ListPart, listParts } from "./append.ts";
export { bag } from "./bag.ts";
export { type BuiltIn, builtInOf } from "./built-in.ts";
export { type CasRegisterOptions, casRegister } from "./cas-register.ts";
export { type CounterOptions, counter } from "./counter.ts";
export { echo } from "./echo.ts";
export { excerpt } from "./excerpt.ts";
export { fencedLock } from "./fenced-lock.ts";
export { type KvOptions, kv } from "./kv.ts";
export { leasedLock, tokenOf } from "./leased-lock.ts";
export { list } from "./list.ts";
export { log } from "./log.ts";
export { misfitOf } from "./misfit.ts";
export {
  type Dataflow,
  describeOperation,
  describeState,
  type Model,
  type ModelOperation,
  type Needs,
  type Step,
} from "./model.ts";
export { type MultiRegisterOptions, multiRegister } from "./multi-register.ts";
export { mutex } from "./mutex.ts";
export { mvRegister } from "./mv-register.ts";
export {
  type FailedCas,
  MODEL_OPTIONS,
  type ModelOption,
  type ModelOptions,
  type NilReads,
} from "./options.ts";
export { orSet } from "./or-set.ts";
export { ownerAwareMutex } from "./owner-aware-mutex.ts";
export { priorityQueue } from "./priority-queue.ts";
export { queue } from "./queue.ts";
export { type RegisterOptions, register } from "./register.ts";
export { sameJson } from "./same-json.ts";
export type { OperationSchema, Operations, Shape } from "./schema.ts";
export { type SemaphoreOptions, semaphore } from "./semaphore.ts";
export { set } from "./set.ts";
export { stack } from "./stack.ts";
export { uniqueIds } from "./unique-ids.ts";

/** One line of the registry of models: help, docs and validation come from it. */
export interface ModelEntry {
  readonly description: string;
  /** Operations as they stand in files: value at invocation → value at completion. */
  readonly operations: Readonly<Record<string, string>>;
  /** The options that have a meaning for it. */
  readonly options: readonly (keyof ModelOptions)[];
  create(options?: ModelOptions): Model;
}

const entries = {
  register: entry("one value per key, read and written", ["init", "nilReads"], register),
  "cas-register": entry(
    "one value per key, read, written, and compared and set",
    ["init", "failedCas", "nilReads"],
    casRegister,
  ),
  "multi-register": entry(
    "several registers, read and written together in transactions",
    ["init", "nilReads"],
    multiRegister,
  ),
  "mv-register": entry("one value per key, or several where writes did not see each other", [], mvRegister),
  append: entry("lists, appended to and read together in transactions", [], append),
  kv: entry("a map from keys to values, with appending to strings", ["init", "nilReads"], kv),
  set: entry("a set of elements", [], set),
  "or-set": entry("a set in which an add wins over a remove beside it", [], orSet),
  list: entry("a list of distinct elements, each inserted after another", [], list),
  bag: entry("a collection whose values come out in any order", [], bag),
  queue: entry("a queue, first in first out", [], queue),
  stack: entry("a stack, last in first out", [], stack),
  "priority-queue": entry("a queue of numbers, the largest first", [], priorityQueue),
  counter: entry("an integer that is added to", ["init"], counter),
  echo: entry("whatever is said comes back", [], echo),
  "unique-ids": entry("a generator of identifiers that never come twice", [], uniqueIds),
  log: entry("an append-only log with offsets", [], log),
  mutex: entry("a lock that whoever asks may release", [], mutex),
  "owner-aware-mutex": entry("a lock that only its owner may release", [], ownerAwareMutex),
  "fenced-lock": entry("a lock whose holders get increasing tokens", [], fencedLock),
  "leased-lock": entry(
    "a lock whose holders get increasing tokens for a while, and what it guards",
    [],
    leasedLock,
  ),
  semaphore: entry("as many permits as --init says, 1 by default", ["init"], semaphore),
} satisfies Record<string, ModelEntry>;

export type ModelName = keyof typeof entries;

/** Every built-in model, by its name. */
export const models: Readonly<Record<ModelName, ModelEntry>> = entries;

function entry(
  description: string,
  options: ModelEntry["options"],
  create: (options: ModelOptions) => Model,
): ModelEntry {
  const schemas = Object.entries(create({}).operations ?? {});
  const operations = Object.fromEntries(schemas.map(([f, schema]) => [f, schemaText(schema)]));
  return { description, operations, options, create: (given = {}) => create(given) };
}

/**
 * The built-in model of that name.
 * Errors: {@link UsageError} `unknown-model`; `unknown-option` where an option has no meaning for the model.
 */
export function createModel(name: string, options: ModelOptions = {}): Model {
  const known: Readonly<Record<string, ModelEntry>> = models;
  const entry = Object.hasOwn(known, name) ? known[name] : undefined;
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
      message: `${MODEL_OPTIONS[option].flag} means nothing to the model ${name}`,
      hint:
        entry.options.length === 0
          ? "it takes no options"
          : `what it takes: ${entry.options.map((each) => MODEL_OPTIONS[each].flag).join(", ")}`,
    });
  }
  return entry.create(options);
}
