import type { Json } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import type { Model, ModelOperation, Step } from "./model.ts";
import { sameJson } from "./same-json.ts";
import { isPair, listOf, nothing, notNull, type Operations, sameAgain, shape } from "./schema.ts";

/** Elements in their order, each with whether it is still there: a removed one keeps its place for those inserted after it. */
type Elements = readonly (readonly [id: Json, isThere: boolean])[];

const id = notNull("id", "the beginning of the list");

const operations: Operations = {
  insert: {
    input: shape(
      "[id, after]",
      "a pair [id, after] of an element and the one that it comes after, or null for the beginning,",
      (value) => isPair(value) && value[0] !== null,
    ),
    output: sameAgain,
  },
  remove: { input: id, output: sameAgain },
  read: { input: nothing, output: listOf("[ids]", "the list of all elements") },
};

/**
 * A list of distinct elements, as replicated lists for text have it (RGA, Roh et al. 2011): `insert` [id, after] puts the
 * element directly behind another one, or with null at the beginning; `remove` id; `read` null → [ids]. A removed element can still be
 * inserted after, and removed once more, which does nothing. One instance per key, empty at first; failed operations are
 * dropped.
 */
export function list(): Model {
  return builtIn(
    "list",
    {},
    {
      name: "list",
      object: "list",
      operations,
      partition: "by-key",
      init: [],
      step(state: Json, operation: ModelOperation): Step<Json> {
        const elements = state as Elements;
        if (operation.f === "read") return stepRead(elements, operation);
        return operation.f === "insert" ? stepInsert(elements, operation) : stepRemove(elements, operation);
      },
      isPure: ({ f }) => f === "read",
      describeState: (state) => `held ${JSON.stringify(visible(state as Elements))}`,
      describe({ f, input, output = null }, key) {
        const at = (word: string) => (key === undefined ? "" : ` ${word} ${key}`);
        if (f === "read") return `read ${output === null ? "the list" : JSON.stringify(output)}${at("from")}`;
        if (f === "remove") return `removed ${JSON.stringify(input)}${at("from")}`;
        const [element, after] = (input as readonly Json[]).map((each) => JSON.stringify(each));
        return `inserted ${element} ${after === "null" ? "at the beginning" : `after ${after}`}${at("in")}`;
      },
    },
  );
}

const visible = (elements: Elements): Json[] =>
  elements.flatMap(([each, isThere]) => (isThere ? [each] : []));

const placeOf = (elements: Elements, element: Json) =>
  elements.findIndex(([each]) => sameJson(each, element));

function stepInsert(elements: Elements, { input }: ModelOperation): Step<Json> {
  const [element, after] = input as readonly [Json, Json];
  if (placeOf(elements, element) !== -1) {
    return { rejected: `${JSON.stringify(element)} was inserted before` };
  }
  const place = after === null ? 0 : placeOf(elements, after) + 1;
  if (after !== null && place === 0) return { rejected: `${JSON.stringify(after)} was never inserted` };
  return { state: elements.toSpliced(place, 0, [element, true]) };
}

function stepRemove(elements: Elements, { input }: ModelOperation): Step<Json> {
  const place = placeOf(elements, input);
  if (place === -1) return { rejected: `${JSON.stringify(input)} was never inserted` };
  return { state: elements.with(place, [input, false]) };
}

function stepRead(elements: Elements, { output = null }: ModelOperation): Step<Json> {
  // One that nobody answered is left out before anybody looks.
  const held = visible(elements);
  if (output === null || sameJson(held, output)) return { state: elements };
  return { rejected: `the list is ${JSON.stringify(held)}, not ${JSON.stringify(output)}` };
}
