import type { Json } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import { excerpt } from "./excerpt.ts";
import type { Model, ModelOperation, Step } from "./model.ts";
import type { NilReads } from "./options.ts";
import { sameJson } from "./same-json.ts";
import { anyValue, nothing, notNull, type Operations, sameAgain, shape } from "./schema.ts";

export interface KvOptions {
  /** What each key holds before the first operation. Default null: the key is absent. */
  readonly init?: Json;
  /** Default `value`. */
  readonly nilReads?: NilReads;
}

const operations: Operations = {
  get: { input: nothing, output: anyValue("v") },
  put: { input: notNull("v", "an absent key"), output: sameAgain },
  append: { input: shape("string", "a string", (value) => typeof value === "string"), output: sameAgain },
  delete: { input: nothing, output: anyValue("") },
};

/**
 * A map: `get` null → v, or null where the key is absent; `put` v; `append` a string to what is there; `delete`. Each
 * key is an object of its own. Failed operations are dropped.
 *
 * An absent key is null, and appending to it begins a string. With `init: ""` (as in Porcupine's key-value store) an absent
 * key reads as the empty string instead, and `delete` leaves that.
 */
export function kv(options: KvOptions = {}): Model {
  const { init = null, nilReads = "value" } = options;
  const absent = init === "" ? "" : null;
  return builtIn("kv", options, {
    name: "kv",
    object: "key",
    operations,
    partition: "by-key",
    init,
    step(state: Json, operation: ModelOperation): Step<Json> {
      const { f, input } = operation;
      if (f === "put") return { state: input };
      if (f === "delete") return { state: absent };
      if (f === "append") {
        if (state !== null && typeof state !== "string") {
          return { rejected: `the key holds ${JSON.stringify(state)}, and strings are appended to strings` };
        }
        return { state: `${state ?? ""}${input}` };
      }
      if (sameJson(state, seen(operation))) return { state };
      const found = state === null ? "the key is absent" : `the key holds ${JSON.stringify(state)}`;
      return { rejected: `${found}, not ${JSON.stringify(seen(operation))}` };
    },
    isPure: ({ f }) => f === "get",
    isVoid: (operation) => operation.f === "get" && nilReads === "unknown" && seen(operation) === null,
    transition(operation) {
      const { f, input } = operation;
      if (f === "get") return ["get", seen(operation)];
      return f === "delete" ? ["put", absent] : [f, input];
    },
    dataflow: {
      leaves: ({ f, input }) => (f === "put" ? input : f === "delete" ? absent : undefined),
      needs(operation) {
        if (operation.f === "get") return { state: seen(operation) };
        return operation.f === "append" ? "some states" : "any state";
      },
    },
    describeState: (state) => (state === null ? "was absent" : `held ${excerpt(state)}`),
    describe(operation, key) {
      const { f, input } = operation;
      const at = (word: string) => (key === undefined ? "" : ` ${word} ${key}`);
      if (f === "get") return `got ${JSON.stringify(seen(operation))}${at("from")}`;
      if (f === "delete") return `deleted ${key ?? "the key"}`;
      return f === "put"
        ? `put ${JSON.stringify(input)}${at("to")}`
        : `appended ${JSON.stringify(input)}${at("to")}`;
    },
  });
}

/** What a get saw. One that never answered is left out before anybody looks. */
function seen({ output }: ModelOperation): Json {
  return output ?? null;
}
