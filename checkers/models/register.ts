import type { Json, Key } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import type { Model, ModelOperation, Needs, Step } from "./model.ts";
import type { NilReads } from "./options.ts";
import { sameJson } from "./same-json.ts";
import { anyValue, nothing, type Operations, sameAgain } from "./schema.ts";

export interface RegisterOptions {
  /** What the register holds before the first write. Default null. */
  readonly init?: Json;
  /** Default `value`. */
  readonly nilReads?: NilReads;
}

export const registerOperations: Operations = {
  read: { input: nothing, output: anyValue("v") },
  write: { input: anyValue("v"), output: sameAgain },
};

/**
 * A register: `write` v, `read` null → v. One instance per key.
 *
 * A failed read or write is dropped: it certainly took no effect and saw nothing.
 */
export function register(options: RegisterOptions = {}): Model {
  const { init = null, nilReads = "value" } = options;
  return builtIn("register", options, {
    name: "register",
    object: "register",
    operations: registerOperations,
    partition: "by-key",
    init,
    step: stepRegister,
    isPure: (operation) => operation.f === "read",
    isVoid: (operation) => isVoidRead(operation, nilReads),
    transition: transitionOfRegister,
    dataflow: {
      leaves: (operation) => (operation.f === "write" ? operation.input : undefined),
      needs: needsOfRegister,
    },
    describe: describeRegister,
  });
}

export function stepRegister(state: Json, operation: ModelOperation): Step<Json> {
  if (operation.f === "write") return { state: operation.input };
  return sameJson(state, seen(operation))
    ? { state }
    : { rejected: `the register holds ${JSON.stringify(state)}, not ${JSON.stringify(seen(operation))}` };
}

export function transitionOfRegister(operation: ModelOperation): Json {
  return operation.f === "write" ? ["write", operation.input] : ["read", seen(operation)];
}

export function needsOfRegister(operation: ModelOperation): Needs<Json> {
  return operation.f === "write" ? "any state" : { state: seen(operation) };
}

export function isVoidRead(operation: ModelOperation, nilReads: NilReads): boolean {
  return operation.f === "read" && nilReads === "unknown" && seen(operation) === null;
}

export function describeRegister(operation: ModelOperation, key: Key | undefined): string {
  const value = JSON.stringify(operation.f === "write" ? operation.input : seen(operation));
  if (operation.f === "write") return `wrote ${value}${key === undefined ? "" : ` to ${key}`}`;
  return `read ${value}${key === undefined ? "" : ` from ${key}`}`;
}

/** What a read saw. One that never answered is null here, and is left out before anybody looks. */
function seen(operation: ModelOperation): Json {
  return operation.output ?? null;
}
