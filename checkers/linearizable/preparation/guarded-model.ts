import { AssayError, describeError, UsageError } from "../../../harness/errors.ts";
import { canonicalJson, type History, type Json, jsonProblem } from "../../../harness/history/index.ts";
import {
  builtInOf,
  type Dataflow,
  type Model,
  type ModelOperation,
  misfitOf,
  type Step,
} from "../../models/index.ts";
import { beginningOf } from "./beginning-of.ts";
import { modelOperation } from "./model-operation.ts";

/**
 * A user's own model with every answer looked at before anything relies on it: a step that throws, that gives back
 * something else than a state or a reason, or that changes the state it was given, would else come out as a wrong verdict or
 * as a bug of assay. Built-in models come back as they are.
 *
 * Cost: O(size of the state) a step; the checker steps once for each state and kind of operation.
 * Errors: {@link UsageError} `bad-model` for what is no model at all; `model-failed`, `model-answers-nonsense`,
 * `model-changes-state`, with the model, the operation and its event.
 */
export function guardedModel(model: Model, history: History): Model {
  if (builtInOf(model) !== undefined) return model;
  assertModel(model);
  const guard = new Guard(model, history);
  // What is not named below is data.
  const { operations, misfit, dataflow, describe, describeState, ...others } = model;
  return {
    ...others,
    name: model.name,
    init: model.init,
    step: (state, operation) => guard.step(state, operation),
    ...((operations || misfit) && {
      misfit: (operation) =>
        guard.answer("operations and misfit", operation, textOrNothing, () => misfitOf(model, operation)),
    }),
    ...guard.of("split", jsonOrNothing),
    ...guard.of("isPure", truth),
    ...guard.of("isVoid", truth),
    ...guard.of("observesFailure", truth),
    ...guard.of("transition", json),
    ...guard.of("about", listOrNothing),
    ...(dataflow && { dataflow: guardedFlow(dataflow, guard) }),
    ...(describe && {
      describe: (operation, key) =>
        guard.answer("describe", operation, text, () => describe.call(model, operation, key)),
    }),
    ...(describeState && {
      describeState: (state) =>
        guard.answer(
          "describeState",
          undefined,
          text,
          () => describeState.call(model, state),
          canonicalJson(state),
        ),
    }),
  };
}

function guardedFlow(dataflow: Dataflow<Json>, guard: Guard): Dataflow<Json> {
  return {
    leaves: (operation) =>
      guard.answer("dataflow.leaves", operation, jsonOrNothing, () => dataflow.leaves(operation)),
    needs: (operation) => guard.answer("dataflow.needs", operation, needs, () => dataflow.needs(operation)),
  };
}

/** What is wrong with an answer, if anything is. */
type Complaint = (answer: unknown) => string | undefined;

const json: Complaint = (answer) => jsonProblem(answer)?.message;
const jsonOrNothing: Complaint = (answer) => (answer === undefined ? undefined : json(answer));
const listOrNothing: Complaint = (answer) =>
  answer === undefined || Array.isArray(answer) ? jsonOrNothing(answer) : "a list of values is expected";
const text: Complaint = (answer) => (typeof answer === "string" ? undefined : "text is expected");
const textOrNothing: Complaint = (answer) => (answer === undefined ? undefined : text(answer));
const truth: Complaint = (answer) => (typeof answer === "boolean" ? undefined : "true or false is expected");

function needs(answer: unknown): string | undefined {
  if (answer === "any state" || answer === "some states") return undefined;
  if (!isRecord(answer) || !("state" in answer)) {
    return '"any state", "some states" or { state } is expected';
  }
  return json(answer["state"]);
}

function step(answer: unknown): string | undefined {
  if (!isRecord(answer) || "state" in answer === "rejected" in answer) {
    return "{ state } or { rejected } is expected";
  }
  return "state" in answer ? json(answer["state"]) : text(answer["rejected"]);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

class Guard {
  readonly #model: Model;
  readonly #history: History;

  constructor(model: Model, history: History) {
    this.#model = model;
    this.#history = history;
  }

  step(state: Json, operation: ModelOperation): Step<Json> {
    const given = canonicalJson(state);
    const answer = this.answer("step", operation, step, () => this.#model.step(state, operation), given);
    if (canonicalJson(state) === given) return answer;
    throw new UsageError({
      code: "model-changes-state",
      message: `${this.#who("step", operation)} changed the state ${given} in place to ${beginningOf(state)}`,
      hint: "give back a new state, as in { state: [...state, value] }: the old one is still needed",
    });
  }

  /** The guarded version of an optional member, if the model has it. */
  of<Name extends "split" | "isPure" | "isVoid" | "observesFailure" | "transition" | "about">(
    name: Name,
    complaint: Complaint,
  ): Pick<Model, Name> | undefined {
    const member: ((operation: ModelOperation) => unknown) | undefined = this.#model[name];
    if (member === undefined) return undefined;
    const guarded = (operation: ModelOperation) =>
      this.answer(name, operation, complaint, () => member.call(this.#model, operation));
    return { [name]: guarded } as Pick<Model, Name>;
  }

  answer<Answer>(
    name: string,
    operation: ModelOperation | undefined,
    complaint: Complaint,
    ask: () => Answer,
    state?: string,
  ): Answer {
    const where = () => `${this.#who(name, operation)}${state === undefined ? "" : ` in the state ${state}`}`;
    let answer: Answer;
    try {
      answer = ask();
    } catch (cause) {
      if (cause instanceof AssayError) throw cause;
      throw new UsageError({
        code: "model-failed",
        message: `${where()} failed: ${describeError(cause)}`,
        hint: `mend the model, or say in its operations what it can take`,
        cause,
      });
    }
    const wrong = complaint(answer);
    if (wrong === undefined) return answer;
    throw new UsageError({
      code: "model-answers-nonsense",
      message: `${where()} gave ${beginningOf(answer)}: ${wrong}`,
      hint: "a model is described in docs/guides/write-a-model.md",
    });
  }

  /** `step of model counter, asked about read null → 2 of event 4 (process 0),` */
  #who(name: string, operation: ModelOperation | undefined): string {
    if (operation === undefined) return `${name} of model ${this.#model.name}`;
    const { f, input, output } = operation;
    const answer = output === undefined ? "" : ` → ${beginningOf(output)}`;
    return `${name} of model ${this.#model.name}, asked about ${f} ${beginningOf(input)}${answer}${this.#at(operation)},`;
  }

  /** The first operation of the history that looks like this one: equal ones are asked about once. */
  #at(operation: ModelOperation): string {
    const { process, ...sought } = operation;
    const text = canonicalJson(sought);
    const { columns, length } = this.#history;
    for (let row = 0; row < length; row++) {
      const { process: other, ...found } = modelOperation(this.#history, row);
      if (process !== undefined && process !== other) continue;
      if (canonicalJson(found) === text) {
        return ` of event ${columns.invokeIndex[row]} (process ${columns.process[row]})`;
      }
    }
    return "";
  }
}

function assertModel(model: unknown): void {
  const wrong = !isRecord(model)
    ? "it is no object"
    : typeof model["name"] !== "string"
      ? "it has no name"
      : typeof model["step"] !== "function"
        ? "it has no function step"
        : json(model["init"]);
  if (wrong === undefined) return;
  throw new UsageError({
    code: "bad-model",
    message: `${isRecord(model) && typeof model["name"] === "string" ? `model ${model["name"]}` : "the model"} is none: ${wrong}`,
    hint: "a model has at least name, init and step, see docs/guides/write-a-model.md",
  });
}
