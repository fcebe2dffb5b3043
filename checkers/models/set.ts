import { canonicalJson, type Json } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import type { Model, ModelOperation, Step } from "./model.ts";
import { isPair, listOf, nothing, type OperationSchema, type Shape, shape } from "./schema.ts";

/** An array would be taken for a pair of element and answer. */
const isElement = (value: Json) => value !== null && !Array.isArray(value);
const isAsked = (value: Json): value is readonly [Json, null] =>
  isPair(value) && isElement(value[0]) && value[1] === null;
const elementOf = (value: Json): Json => (isPair(value) ? value[0] : value);

function answered(what: string): Shape {
  return shape(
    `[x, ${what}]`,
    `the element that was asked for, as x, [x, ${what}] or null,`,
    (value, asked) => {
      if (value === null) return true;
      const said = isPair(value) ? value[1] : null;
      return (
        canonicalJson(elementOf(value)) === canonicalJson(elementOf(asked)) &&
        (said === null || typeof said === "boolean")
      );
    },
  );
}

const change: OperationSchema = {
  input: shape(
    "x or [x, null]",
    "an element x or [x, null], x neither null nor an array,",
    (value) => isElement(value) || isAsked(value),
  ),
  output: answered("changed"),
};

/**
 * A set: `add` and `remove` x or [x, null] → [x, changed], `contains` [x, null] → [x, present], `read` null → [all].
 * One instance per key, empty at first; failed operations are dropped. Where `changed` is not told, or null, nothing is
 * said about it. An element that stands twice in an answer to `read` is a violation.
 */
export function set(): Model {
  return builtIn(
    "set",
    {},
    {
      name: "set",
      object: "set",
      operations: {
        add: change,
        remove: change,
        contains: {
          input: shape("[x, null]", "[x, null], x neither null nor an array,", isAsked),
          output: answered("present"),
        },
        read: { input: nothing, output: listOf("[all]", "the list of all elements") },
      },
      partition: "by-key",
      // Elements come and go without a regard to one another; only a read of all looks at several.
      split: ({ f, input }) => (f === "read" ? undefined : elementOf(input)),
      init: [],
      step: stepSet,
      isPure: (operation) =>
        operation.f === "contains" || operation.f === "read" || said(operation) === false,
      isVoid: (operation) => operation.f === "contains" && said(operation) === undefined,
      transition(operation) {
        const { f, input, output = null } = operation;
        if (f === "read")
          return [
            "read",
            (output as readonly Json[] | null)?.map((each) => canonicalJson(each)).sort() ?? null,
          ];
        return [f, elementOf(input), said(operation) ?? null];
      },
      about: ({ f, input, output = null }) =>
        f === "read" ? ((output ?? []) as readonly Json[]) : [elementOf(input)],
      describe(operation, key) {
        const { f, input, output = null } = operation;
        const at = (word: string) => (key === undefined ? "" : ` ${word} ${key}`);
        if (f === "read")
          return `read ${output === null ? "all elements" : JSON.stringify(output)}${at("from")}`;
        const element = JSON.stringify(elementOf(input));
        const answer = said(operation);
        if (f === "contains") {
          return answer === undefined
            ? `looked for ${element}${at("in")}`
            : `${answer ? "saw" : "missed"} ${element}${at("in")}`;
        }
        if (answer === false) {
          return f === "add"
            ? `was told that ${element} is in ${key ?? "the set"} already`
            : `was told that ${element} is not in ${key ?? "the set"}`;
        }
        return f === "add" ? `added ${element}${at("to")}` : `removed ${element}${at("from")}`;
      },
    },
  );
}

/** Whether the set changed, or the element was present; undefined where nobody said. */
function said({ type, output = null }: ModelOperation): boolean | undefined {
  if (type !== "ok" || !isPair(output)) return undefined;
  return typeof output[1] === "boolean" ? output[1] : undefined;
}

/** Elements stand in order of their canonical texts, so that equal sets are equal states. */
function stepSet(state: Json, operation: ModelOperation): Step<Json> {
  const elements = state as readonly Json[];
  if (operation.f === "read") return stepRead(elements, operation);
  const element = elementOf(operation.input);
  const text = canonicalJson(element);
  const at = elements.findIndex((each) => canonicalJson(each) >= text);
  const present = at !== -1 && canonicalJson(elements[at] as Json) === text;
  const changes = operation.f === "contains" ? present : present === (operation.f === "remove");
  const answer = said(operation);
  if (answer !== undefined && answer !== changes) {
    return { rejected: `${text} is ${present ? "in the set" : "not in the set"}` };
  }
  if (operation.f === "contains" || !changes) return { state };
  if (operation.f === "remove") return { state: elements.toSpliced(at, 1) };
  return { state: elements.toSpliced(at === -1 ? elements.length : at, 0, element) };
}

function stepRead(elements: readonly Json[], { output = null }: ModelOperation): Step<Json> {
  // One that nobody answered is left out before anybody looks.
  if (output === null) return { state: elements };
  const seen = (output as readonly Json[]).map((each) => canonicalJson(each)).sort();
  const held = elements.map((each) => canonicalJson(each));
  const twice = seen.find((text, at) => text === seen[at + 1]);
  if (twice !== undefined) return { rejected: `${twice} stands twice in the answer, and a set has it once` };
  // Both are sorted, so the first place where they differ tells which of them lacks something.
  const at = held.findIndex((text, index) => text !== seen[index]);
  const [inSet, inAnswer] = at === -1 ? [undefined, seen[held.length]] : [held[at], seen[at]];
  if (inSet !== undefined && (inAnswer === undefined || inSet < inAnswer)) {
    return { rejected: `${inSet} is in the set, and not in the answer` };
  }
  if (inAnswer !== undefined) return { rejected: `${inAnswer} is not in the set` };
  return { state: elements };
}
