import type { Json, Key } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import type { Model, ModelOperation, Needs, Step } from "./model.ts";
import type { FailedCas } from "./options.ts";
import {
  describeRegister,
  isVoidRead,
  needsOfRegister,
  type RegisterOptions,
  registerOperations,
  stepRegister,
  transitionOfRegister,
} from "./register.ts";
import { sameJson } from "./same-json.ts";
import { anyValue, type Operations, pairOf, sameAgain } from "./schema.ts";

export interface CasRegisterOptions extends RegisterOptions {
  /** Default `dropped`. */
  readonly failedCas?: FailedCas;
}

/** Error codes that say "the comparison was evaluated, and was false". */
const COMPARED = new Set(["cas-mismatch", "comparison-failed", "precondition-failed"]);

const casRegisterOperations: Operations = {
  ...registerOperations,
  cas: { input: pairOf(anyValue("from"), anyValue("to")), output: sameAgain },
};

/**
 * A register with compare-and-set: `cas` [from, to] succeeds where the register holds `from`.
 *
 * With `failedCas: "observed"` a failed `cas` is kept as an observation that the register did not hold `from`, if it
 * carries no error, or one of the codes that say so. A `cas` that failed for another reason (connection refused)
 * compared nothing, and to take it for an answer would raise false alarms.
 */
export function casRegister(options: CasRegisterOptions = {}): Model {
  const { init = null, nilReads = "value", failedCas = "dropped" } = options;
  return builtIn("cas-register", options, {
    name: "cas-register",
    object: "register",
    operations: casRegisterOperations,
    partition: "by-key",
    init,
    step: stepCas,
    isPure: (operation) =>
      operation.f === "read" ||
      (operation.f === "cas" && (operation.type === "fail" || sameJson(...fromTo(operation)))),
    isVoid: (operation) => isVoidRead(operation, nilReads),
    observesFailure: (operation) =>
      failedCas === "observed" &&
      operation.f === "cas" &&
      (operation.errorCode === undefined || COMPARED.has(operation.errorCode)),
    transition: (operation) =>
      operation.f === "cas"
        ? [operation.type === "fail" ? "failed-cas" : "cas", operation.input]
        : transitionOfRegister(operation),
    dataflow: {
      leaves: (operation) => {
        if (operation.f === "write") return operation.input;
        return operation.f === "cas" && operation.type !== "fail" ? fromTo(operation)[1] : undefined;
      },
      needs: needsOfCas,
    },
    describe: describeCas,
  });
}

function stepCas(state: Json, operation: ModelOperation): Step<Json> {
  if (operation.f !== "cas") return stepRegister(state, operation);
  const [from, to] = fromTo(operation);
  const holds = sameJson(state, from);
  if (operation.type === "fail") {
    return holds
      ? { rejected: `the register holds ${JSON.stringify(from)}, so the comparison is true` }
      : { state };
  }
  return holds
    ? { state: to }
    : { rejected: `the register holds ${JSON.stringify(state)}, not ${JSON.stringify(from)}` };
}

function needsOfCas(operation: ModelOperation): Needs<Json> {
  if (operation.f !== "cas") return needsOfRegister(operation);
  return operation.type === "fail" ? "some states" : { state: fromTo(operation)[0] };
}

function describeCas(operation: ModelOperation, key: Key | undefined): string {
  if (operation.f !== "cas") return describeRegister(operation, key);
  const [from, to] = fromTo(operation).map((value) => JSON.stringify(value));
  const change = key === undefined ? `${from} to ${to}` : `${key} from ${from} to ${to}`;
  if (operation.type === "fail") return `was refused to change ${change} by compare-and-set`;
  return `changed ${change} by compare-and-set`;
}

function fromTo(operation: ModelOperation): readonly [Json, Json] {
  return operation.input as readonly [Json, Json];
}
