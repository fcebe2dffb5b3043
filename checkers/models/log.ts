import type { Json } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import type { Model, ModelOperation, Step } from "./model.ts";
import { sameJson } from "./same-json.ts";
import { anyValue, either, isPair, type Shape, sameAgain, shape } from "./schema.ts";

const isOffset = (value: Json | undefined): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

const appended: Shape = shape(
  "[v, offset]",
  "[v, offset]",
  (value, asked) => isPair(value) && sameJson(value[0], asked) && isOffset(value[1]),
);

/**
 * An append-only log: `append` v, or v → [v, offset]; `read` null → [all], the whole log; `read` offset → [offset, …],
 * the offset and then every value from there on. Offsets count from 0 without gaps. One instance per key, empty at first;
 * failed operations are dropped.
 */
export function log(): Model {
  return builtIn(
    "log",
    {},
    {
      name: "log",
      object: "log",
      operations: {
        append: {
          input: anyValue("v"),
          output: { ...either(sameAgain, appended), text: "v or [v, offset]" },
        },
        read: {
          input: shape(
            "null or offset",
            "null or an offset from 0",
            (value) => value === null || isOffset(value),
          ),
          output: shape(
            "[all] or [offset, …]",
            "the list of all values, or [offset, …] from the offset asked for,",
            (value, asked) => Array.isArray(value) && (asked === null || value[0] === asked),
          ),
        },
      },
      partition: "by-key",
      init: [],
      step(state: Json, operation: ModelOperation): Step<Json> {
        const values = state as readonly Json[];
        if (operation.f === "read") return stepRead(values, operation);
        const offset = offsetOf(operation);
        if (offset !== undefined && offset !== values.length) {
          return { rejected: `the log has ${values.length} values, so the next offset is not ${offset}` };
        }
        return { state: [...values, operation.input] };
      },
      isPure: ({ f }) => f === "read",
      transition(operation) {
        const { f, input, output = null } = operation;
        if (f === "read") return ["read", input, output];
        const offset = offsetOf(operation);
        return offset === undefined ? ["append", input] : ["append", input, offset];
      },
      // Offsets count what else there is.
      about(operation) {
        const { f, input, output = null } = operation;
        if (f === "append") return offsetOf(operation) === undefined ? [input] : undefined;
        return input === null ? ((output ?? []) as readonly Json[]) : undefined;
      },
      describe(operation, key) {
        const { f, input, output = null } = operation;
        const at = (word: string) => (key === undefined ? "" : ` ${word} ${key}`);
        if (f === "append") {
          const offset = offsetOf(operation);
          return `appended ${JSON.stringify(input)}${at("to")}${offset === undefined ? "" : ` at offset ${offset}`}`;
        }
        if (output === null)
          return `asked for ${input === null ? "all" : `what follows offset ${input}`}${at("of")}`;
        if (input === null) return `read ${JSON.stringify(output)}${at("from")}`;
        return `read ${JSON.stringify((output as readonly Json[]).slice(1))}${at("from")} from offset ${input} on`;
      },
    },
  );
}

/** The offset that an append was given, where its answer tells. */
function offsetOf({ type, input, output = null }: ModelOperation): number | undefined {
  // A value that is a pair itself, answered with itself, tells no offset.
  if (type !== "ok" || !isPair(output) || sameJson(input, output)) return undefined;
  return output[1] as number;
}

function stepRead(values: readonly Json[], { input, output = null }: ModelOperation): Step<Json> {
  // One that nobody answered is left out before anybody looks.
  if (output === null) return { state: values };
  const from = (input ?? 0) as number;
  const seen = input === null ? (output as readonly Json[]) : (output as readonly Json[]).slice(1);
  const held = values.slice(from);
  const differs = seen.findIndex((value, at) => at < held.length && !sameJson(value, held[at] as Json));
  if (differs !== -1) {
    return {
      rejected: `the log has ${JSON.stringify(held[differs])} at offset ${from + differs}, not ${JSON.stringify(seen[differs])}`,
    };
  }
  if (seen.length === held.length) return { state: values };
  return {
    rejected: `the log has ${values.length} values then, and the answer ends at offset ${from + seen.length}`,
  };
}
