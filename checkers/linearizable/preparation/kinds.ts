import { ABSENT, Completed, canonicalJson, type History } from "../../../harness/history/index.ts";
import type { Model, ModelOperation } from "../../models/index.ts";
import { modelOperation } from "./model-operation.ts";
import type { TransitionClass } from "./problem.ts";

export interface Kind extends TransitionClass {
  /** Number among the kinds that behave differently. */
  readonly number: number;
}

/**
 * The kinds of operations in a history: the model is asked once for each.
 *
 * Cost: two look-ups an operation.
 */
export class Kinds {
  readonly #history: History;
  readonly #model: Model;
  readonly #questions = new Map<number, number>();
  readonly #answers = new Map<number, number>();
  readonly #byProcess = new Map<number, Map<number, number>>();
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

  /** The kind of the operation in a row that says something ({@link siftRows}). */
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
    const answers = this.#answersOf(columns.process[row] as number);
    let kind = answers.get(answered);
    if (kind === undefined) {
      kind = this.#classify(row);
      answers.set(answered, kind);
    }
    return kind;
  }

  #answersOf(process: number): Map<number, number> {
    if (!this.#model.byProcess) return this.#answers;
    let answers = this.#byProcess.get(process);
    if (answers === undefined) {
      answers = new Map();
      this.#byProcess.set(process, answers);
    }
    return answers;
  }

  #classify(row: number): number {
    const model = this.#model;
    const { process, ...anyones } = modelOperation(this.#history, row);
    // One kind stands for the operations of all processes, so the model must not see whose it is.
    const operation: ModelOperation =
      model.byProcess && process !== undefined ? { ...anyones, process } : anyones;
    const pure = model.isPure?.(operation) ?? false;
    const { f, input, output, type } = operation;
    const transition = model.transition?.(operation) ?? [
      f,
      input,
      type,
      ...(output === undefined ? [] : [output]),
      ...(operation.process === undefined ? [] : [{ process: operation.process }]),
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
}
