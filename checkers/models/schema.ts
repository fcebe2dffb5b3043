import type { Json } from "../../harness/history/index.ts";
import { sameJson } from "./same-json.ts";

/** What a value in a history may be. */
export interface Shape {
  /** In the tables of operations: `[from, to]`. */
  readonly text: string;
  /** In the message about a value that does not fit: `a pair [from, to]`. */
  readonly what: string;
  /** `asked` is the value at invocation, for an answer that must agree with it. */
  fits(value: Json, asked: Json): boolean;
}

/** What one operation is asked with and answers; whatever is left out may be anything. */
export interface OperationSchema {
  /** The value at invocation. */
  readonly input?: Shape;
  /** The value at completion with `ok`. */
  readonly output?: Shape;
}

/** The operations of a model. Help, documentation and the check of a history come from this one table. */
export type Operations = Readonly<Record<string, OperationSchema>>;

export function shape(text: string, what: string, fits: Shape["fits"]): Shape {
  return { text, what, fits };
}

/** No value, as a read is invoked with. Some tools write one all the same; it says nothing. */
export const nothing = shape("null", "null", () => true);

export const anyValue = (text: string): Shape => shape(text, "any value", () => true);

/** Any value but null, where null has a meaning of its own. */
export const notNull = (text: string, meaning: string): Shape =>
  shape(text, `a value other than null, which stands for ${meaning}`, (value) => value !== null);

/** An integer that a sum of a few does not carry beyond what a number holds exactly. */
export const integer = (text: string): Shape => shape(text, "an integer", Number.isSafeInteger);

export const listOf = (text: string, what: string): Shape =>
  shape(text, what, (value) => Array.isArray(value));

/**
 * The value at invocation once more, or null, which says nothing. Where another value is answered, nobody knows which
 * of the two took effect.
 */
export const sameAgain = shape(
  "",
  "the value that it was invoked with, or null,",
  (value, asked) => value === null || sameJson(value, asked),
);

/** A value of either shape. */
export function either(one: Shape, other: Shape): Shape {
  return {
    text: `${one.text} or ${other.text}`,
    what: `${one.what} or ${other.what}`,
    fits: (value, asked) => one.fits(value, asked) || other.fits(value, asked),
  };
}

/** A pair of whatever fits the two. */
export function pairOf(first: Shape, second: Shape): Shape {
  return {
    text: `[${first.text}, ${second.text}]`,
    what: `a pair [${first.text}, ${second.text}]`,
    fits: (value, asked) => {
      const [one, two] = isPair(value) ? value : [];
      return one !== undefined && two !== undefined && first.fits(one, asked) && second.fits(two, asked);
    },
  };
}

export function isPair(value: Json): value is readonly [Json, Json] {
  return Array.isArray(value) && value.length === 2;
}

/** `null → v`: the value at invocation and, where another one is answered, that at completion. */
export function schemaText({ input, output }: OperationSchema): string {
  const asked = input?.text ?? "any";
  return output === undefined || output.text === "" ? asked : `${asked} → ${output.text}`;
}
