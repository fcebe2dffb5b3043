import type { Json } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import type { Model, ModelOperation, Step } from "./model.ts";
import { integer, nothing, sameAgain } from "./schema.ts";

/** `last`: the largest token so far. `holder`: the token that holds the lock; "unknown" where its acquire was not answered. */
type State = { readonly last: number | null; readonly holder: number | "unknown" | null };

/**
 * A lock with fencing tokens: `acquire` null → token, `release` token. Tokens increase from one acquire to the next, so
 * that a store can turn away whoever held the lock before. One instance per key, free at first; failed operations are dropped.
 *
 * An unanswered `acquire` may hold the lock, under a token that nobody knows yet: a `release` can still tell.
 */
export function fencedLock(): Model {
  return builtIn(
    "fenced-lock",
    {},
    {
      name: "fenced-lock",
      object: "lock",
      operations: {
        acquire: { input: nothing, output: integer("token") },
        release: { input: integer("token"), output: sameAgain },
      },
      partition: "by-key",
      init: { last: null, holder: null },
      step(state: Json, operation: ModelOperation): Step<Json> {
        const { last, holder } = state as State;
        const held =
          holder === "unknown"
            ? "the lock is held by nobody knows whom"
            : `the lock is held with token ${holder}`;
        if (operation.f === "acquire") {
          if (holder !== null) return { rejected: held };
          if (operation.type !== "ok") return { state: { last, holder: "unknown" } };
          const token = operation.output as number;
          if (last !== null && token <= last) {
            return { rejected: `token ${last} was given out before, and ${token} is not larger` };
          }
          return { state: { last: token, holder: token } };
        }
        const token = operation.input as number;
        if (holder === null) return { rejected: "the lock is free" };
        const isHolder = holder === "unknown" ? last === null || token > last : holder === token;
        return isHolder ? { state: { last: token, holder: null } } : { rejected: `${held}, not ${token}` };
      },
      transition: ({ f, type, input, output = null }) =>
        f === "release" ? ["release", input] : type === "ok" ? ["acquire", output] : ["acquire"],
      about({ f, type, input, output = null }) {
        if (f === "release") return [input];
        return type === "ok" ? [output] : [];
      },
      describeState(state) {
        const { last, holder } = state as State;
        if (holder === "unknown") return "was held with a token that nobody knows";
        if (holder !== null) return `was held with token ${holder}`;
        return last === null ? "was free" : `was free, and ${last} the last token`;
      },
      describe({ f, type, input, output = null }, key) {
        const lock = key ?? "the lock";
        if (f === "release") return `released ${lock} with token ${JSON.stringify(input)}`;
        return type === "ok" ? `acquired ${lock} with token ${JSON.stringify(output)}` : `acquired ${lock}`;
      },
    },
  );
}
