import type { Json } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import type { Model, ModelOperation, Step } from "./model.ts";
import { sameJson } from "./same-json.ts";
import { either, nothing, type Shape, sameAgain, shape } from "./schema.ts";

/** What makes a queue a queue, and a stack a stack. */
export interface Container {
  readonly name: string;
  /** The operations that put a value in, take one out, and look at the one that would be taken. */
  readonly put: string;
  readonly take: string;
  readonly peek: string;
  /** Of those, in the past tense. */
  readonly did: { readonly put: string; readonly take: string };
  /** What a value may be; not null, which stands for empty. */
  readonly value: Shape;
  /** Where the value stands that would be taken: `at the front`. */
  readonly place: string;
  /** What it holds once a value is put in, the one to be taken first at the beginning. */
  putIn(held: readonly Json[], value: Json): readonly Json[];
}

const NULL = shape("null", "null", (value) => value === null);

/**
 * A container that says itself which value comes out next: one instance per key, empty at first. An answer of null says
 * that it was empty. An unanswered `take` took whatever was there, or found it empty.
 *
 * A failed operation is dropped: it took no effect.
 */
export function container({ name, put, take, peek, did, value, place, putIn }: Container): Model {
  const isPut = ({ f }: ModelOperation) => f === put;
  /** What came out or was looked at: null where it was empty, undefined where nobody knows. */
  const seen = ({ type, output }: ModelOperation) => (type === "ok" ? (output ?? null) : undefined);
  return builtIn(
    name,
    {},
    {
      name,
      object: name,
      operations: {
        [put]: { input: value, output: sameAgain },
        [take]: { input: nothing, output: either(value, NULL) },
        [peek]: { input: nothing, output: either(value, NULL) },
      },
      partition: "by-key",
      init: [],
      step(state: Json, operation: ModelOperation): Step<Json> {
        const held = state as readonly Json[];
        if (isPut(operation)) return { state: putIn(held, operation.input) };
        const expected = seen(operation);
        const [next, ...rest] = held;
        if (expected !== undefined && !sameJson(next ?? null, expected)) {
          if (next === undefined) return { rejected: `the ${name} is empty` };
          const found = `${JSON.stringify(next)} is ${place}`;
          return {
            rejected:
              expected === null
                ? `the ${name} is not empty: ${found}`
                : `${found}, not ${JSON.stringify(expected)}`,
          };
        }
        return { state: operation.f === take ? rest : held };
      },
      isPure: (operation) => operation.f === peek || (operation.f === take && seen(operation) === null),
      transition(operation) {
        if (isPut(operation)) return ["put", operation.input];
        const value = seen(operation);
        // Who finds it empty leaves it empty, whether it wanted to take or to look.
        if (value === null) return ["empty"];
        return value === undefined ? [operation.f] : [operation.f, value];
      },
      // An unanswered take whose value is left out may have found another, or have had no effect.
      about(operation) {
        const value = isPut(operation) ? operation.input : seen(operation);
        return value === undefined || value === null ? [] : [value];
      },
      describe(operation, key) {
        if (isPut(operation)) {
          return `${did.put} ${JSON.stringify(operation.input)}${key === undefined ? "" : ` to ${key}`}`;
        }
        const value = seen(operation);
        if (value === null) return `found ${key ?? `the ${name}`} empty`;
        const of = (word: string) => (key === undefined ? "" : ` ${word} ${key}`);
        const what = value === undefined ? "an unknown value" : JSON.stringify(value);
        return operation.f === take ? `${did.take} ${what}${of("from")}` : `saw ${what} ${place}${of("of")}`;
      },
    },
  );
}
