import { canonicalJson, type Json } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import { excerpt } from "./excerpt.ts";
import type { Model, ModelOperation, Step } from "./model.ts";
import { nothing, notNull } from "./schema.ts";

/**
 * A generator of identifiers, `generate` null → id, none of which comes twice. One instance per key. A failed or
 * unanswered `generate` says nothing: whatever it made, nobody saw it.
 */
export function uniqueIds(): Model {
  return builtIn(
    "unique-ids",
    {},
    {
      name: "unique-ids",
      object: "generator",
      operations: {
        generate: { input: nothing, output: { ...notNull("id", ""), what: "an id, not null," } },
      },
      partition: "by-key",
      init: [],
      step(state: Json, { type, output = null }: ModelOperation): Step<Json> {
        const ids = state as readonly Json[];
        if (type !== "ok") return { state };
        const text = canonicalJson(output);
        const at = ids.findIndex((id) => canonicalJson(id) >= text);
        if (at !== -1 && canonicalJson(ids[at] as Json) === text) {
          return { rejected: `${text} was generated before` };
        }
        return { state: ids.toSpliced(at === -1 ? ids.length : at, 0, output) };
      },
      isVoid: ({ type }) => type !== "ok",
      transition: ({ output = null }) => output,
      about: ({ type, output = null }) => (type === "ok" ? [output] : []),
      describeState: (state) => `had generated ${excerpt(state)}`,
      describe({ type, output = null }, key) {
        const what = type === "ok" ? JSON.stringify(output) : "an id";
        return `generated ${what}${key === undefined ? "" : ` at ${key}`}`;
      },
    },
  );
}
