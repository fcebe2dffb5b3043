import { UsageError } from "../../harness/errors.ts";
import {
  ABSENT,
  Completed,
  type CompletionType,
  canonicalJson,
  type History,
} from "../../harness/history/index.ts";
import type { Model, ModelOperation } from "../models/index.ts";
import type { TransitionClass } from "./problem.ts";

/** The kind of operations that say nothing about consistency. */
export const LEFT_OUT = -1;

export interface Kind extends TransitionClass {
  /** Number among the kinds that behave differently. */
  readonly number: number;
}

/**
 * The kinds of operations in a history: the model is asked once for each.
 *
 * Cost: two look-ups an operation. Errors: {@link UsageError} `history-does-not-fit-model`.
 */
export class Kinds {
  readonly #history: History;
  readonly #model: Model;
  readonly #questions = new Map<number, number>();
  readonly #answers = new Map<number, number>();
  readonly #kinds: Kind[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(history: History, model: Model) {
    this.#history = history;
    this.#model = model;
  }

  /** What {@link ofRow} gave a number to. */
  get(kind: number): Kind {
    return this.#kinds[kind] as Kind;
  }

  /** The kind of the operation in a row, or {@link LEFT_OUT}. */
  ofRow(row: number): number {
    const { columns, names, values } = this.#history;
    const completion = columns.completion[row] as number;
    // Beside the function, the values and the type only the error of a failure matters.
    const failure = completion === Completed.fail ? (columns.error[row] as number) + 1 : -1;
    const type = completion === Completed.ok ? 0 : completion === Completed.fail ? 2 + failure : 1;
    const types = names.errors.length + 3;
    const asked = ((columns.f[row] as number) * types + type) * values.size + (columns.input[row] as number);
    // Two tables, as the product of all columns could pass 2^53.
    let question = this.#questions.get(asked);
    if (question === undefined) {
      question = this.#questions.size;
      this.#questions.set(asked, question);
    }
    const output = completion === Completed.ok ? (columns.output[row] as number) : ABSENT;
    const answered = question * (values.size + 1) + output + 1;
    let kind = this.#answers.get(answered);
    if (kind === undefined) {
      kind = this.#classify(row);
      this.#answers.set(answered, kind);
    }
    return kind;
  }

  #classify(row: number): number {
    const model = this.#model;
    const operation = modelOperation(this.#history, row);
    this.#assertFits(operation, row);
    const pure = model.isPure?.(operation) ?? false;
    if (operation.type === "fail" && !model.observesFailure?.(operation)) return LEFT_OUT;
    if (operation.type === "info" && pure) return LEFT_OUT;
    if (model.isVoid?.(operation)) return LEFT_OUT;
    const { f, input, output, type } = operation;
    const transition = model.transition?.(operation) ?? [
      f,
      input,
      type,
      ...(output === undefined ? [] : [output]),
    ];
    const text = canonicalJson(transition);
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(text, number);
    }
    this.#kinds.push({ operation, pure, number });
    return this.#kinds.length - 1;
  }

  #assertFits(operation: ModelOperation, row: number): void {
    const model = this.#model;
    const known = model.functions.includes(operation.f);
    const expected = known
      ? model.misfit?.(operation)
      : `one of the operations ${model.functions.join(", ")}`;
    if (expected === undefined) return;
    const { columns } = this.#history;
    const stood = JSON.stringify(
      known
        ? operation.output === undefined
          ? operation.input
          : [operation.input, operation.output]
        : operation.f,
    );
    throw new UsageError({
      code: "history-does-not-fit-model",
      message:
        `the operation of event ${columns.invokeIndex[row]} (process ${columns.process[row]}) does not fit model ` +
        `${model.name}: expected ${expected}, found ${stood}`,
      hint: "name the model that the operations belong to, or leave out what does not belong to it",
    });
  }
}

/** One row as a model sees it. */
export function modelOperation(history: History, row: number): ModelOperation {
  const { columns, names, values } = history;
  const type = TYPES[columns.completion[row] as number] as CompletionType;
  const error = columns.error[row] as number;
  return {
    f: names.functions[columns.f[row] as number] as string,
    input: values.get(columns.input[row] as number),
    ...(type === "ok" ? { output: values.get(columns.output[row] as number) } : {}),
    type,
    ...(type === "fail" && error !== ABSENT ? { errorCode: names.errors[error]?.code ?? "" } : {}),
  };
}

/** By the numbers of {@link Completed}: an open operation counts as `info`. */
const TYPES: readonly CompletionType[] = ["info", "ok", "fail", "info"];
