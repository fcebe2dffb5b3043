import { canonicalJson, type Json } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import { excerpt } from "./excerpt.ts";
import type { Model, ModelOperation, Step } from "./model.ts";
import { either, nothing, notNull, sameAgain, shape } from "./schema.ts";

/**
 * A bag (multiset), whose values come out in any order: `add` v; `remove` null → v, or null when it was empty.
 * One instance per key, empty at first; failed operations are dropped.
 *
 * Which value an unanswered `remove` took nobody knows. So a state is the list of what the bag may hold: an unanswered
 * `remove` makes the list longer, and every answer strikes out what does not fit it.
 */
export function bag(): Model {
  return builtIn(
    "bag",
    {},
    {
      name: "bag",
      object: "bag",
      operations: {
        add: { input: notNull("v", "empty"), output: sameAgain },
        remove: {
          input: nothing,
          output: either(
            notNull("v", "empty"),
            shape("null", "null", (value) => value === null),
          ),
        },
      },
      partition: "by-key",
      init: [[]],
      step(state: Json, operation: ModelOperation): Step<Json> {
        const possible = state as readonly Bag[];
        if (operation.f === "add")
          return { state: distinct(possible.map((held) => with_(held, operation.input))) };
        const { type, output = null } = operation;
        if (type !== "ok") return { state: distinct(possible.flatMap(withoutAny)) };
        if (output === null) {
          return possible.some(isEmpty) ? { state: [[]] } : { rejected: "the bag is not empty" };
        }
        const text = canonicalJson(output);
        const left = possible.flatMap((held) => without(held, text));
        if (left.length > 0) return { state: distinct(left) };
        return {
          rejected: possible.every(isEmpty) ? "the bag is empty" : `${text} is not in the bag`,
        };
      },
      transition({ f, type, input, output = null }) {
        if (f === "add") return ["add", input];
        return type === "ok" ? ["remove", output] : ["remove"];
      },
      // An unanswered remove whose value is left out may have found another, or have had no effect.
      about({ f, type, input, output = null }) {
        if (f === "add") return [input];
        return type === "ok" && output !== null ? [output] : [];
      },
      describeState(state) {
        const possible = (state as readonly Bag[]).map(excerpt);
        return `held ${possible.slice(0, 3).join(" or ")}${possible.length > 3 ? " or something else" : ""}`;
      },
      describe({ f, type, input, output = null }, key) {
        if (f === "add") return `added ${JSON.stringify(input)}${key === undefined ? "" : ` to ${key}`}`;
        if (type === "ok" && output === null) return `found ${key ?? "the bag"} empty`;
        const what = type === "ok" ? JSON.stringify(output) : "an unknown value";
        return `removed ${what}${key === undefined ? "" : ` from ${key}`}`;
      },
    },
  );
}

/** Values in order of their canonical texts, so that equal bags are equal states. */
type Bag = readonly Json[];

const isEmpty = (held: Bag) => held.length === 0;

function with_(held: Bag, value: Json): Bag {
  const text = canonicalJson(value);
  const at = held.findIndex((other) => canonicalJson(other) > text);
  return at === -1 ? [...held, value] : [...held.slice(0, at), value, ...held.slice(at)];
}

/** What is left without that value; nothing where the bag has it not. */
function without(held: Bag, text: string): Bag[] {
  const at = held.findIndex((other) => canonicalJson(other) === text);
  return at === -1 ? [] : [held.toSpliced(at, 1)];
}

/** What may be left without one of the values; the bag as it is where it is empty. */
function withoutAny(held: Bag): Bag[] {
  return isEmpty(held) ? [held] : held.map((_, at) => held.toSpliced(at, 1));
}

/** Each possibility once, in an order of its own. */
function distinct(possible: readonly Bag[]): readonly Bag[] {
  const [only] = possible;
  if (possible.length === 1 && only !== undefined) return possible;
  const byText = new Map(possible.map((held) => [canonicalJson(held), held]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, held]) => held);
}
