import type { Json } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import type { Model, ModelOperation, Step } from "./model.ts";
import { anyValue, integer, nothing, pairOf, sameAgain } from "./schema.ts";

/**
 * `last`: the largest token that is known to have been given out. `fence`: the largest that came with a write. `unknown`:
 * whether a token was given out that nobody was told.
 */
type State = { readonly last: number | null; readonly fence: number | null; readonly unknown: boolean };

/**
 * A lock with leases and fencing tokens, and the resource that it guards: `acquire` null → token, `write` [token, v] on
 * the resource, `release` token. One instance per key; failed operations are dropped.
 *
 * A lease ends by itself, so that the next `acquire` may succeed while somebody still believes to hold the lock. What is
 * promised is that tokens increase, and that the resource, once it took a write with a token, takes none with a smaller
 * one (Kleppmann, How to do distributed locking, 2016). A release says no more than that the token was given out.
 */
export function leasedLock(): Model {
  return builtIn(
    "leased-lock",
    {},
    {
      name: "leased-lock",
      object: "lock",
      operations: {
        acquire: { input: nothing, output: integer("token") },
        write: { input: pairOf(integer("token"), anyValue("v")), output: sameAgain },
        release: { input: integer("token"), output: sameAgain },
      },
      partition: "by-key",
      init: { last: null, fence: null, unknown: false },
      step(given: Json, operation: ModelOperation): Step<Json> {
        const state = given as State;
        if (operation.f === "acquire") return stepAcquire(state, operation);
        const token = tokenOf(operation);
        if (!state.unknown && (state.last === null || token > state.last)) {
          return { rejected: `token ${token} was not given out yet` };
        }
        if (operation.f === "release") return { state };
        if (state.fence !== null && token < state.fence) {
          return { rejected: `the resource took a write with token ${state.fence}, and ${token} is smaller` };
        }
        return { state: { ...state, fence: token } };
      },
      isPure: ({ f }) => f === "release",
      describeState(given) {
        const { last, fence } = given as State;
        if (last === null) return "had given out no token";
        return `had given out ${last}${fence === null ? "" : `, and seen a write with ${fence}`}`;
      },
      describe(operation, key) {
        const { f, type, input, output = null } = operation;
        const lock = key ?? "the lock";
        if (f === "acquire") return `acquired ${lock}${type === "ok" ? ` with token ${output}` : ""}`;
        if (f === "release") return `released ${lock} with token ${input}`;
        return `wrote under ${lock} with token ${tokenOf(operation)}`;
      },
    },
  );
}

function stepAcquire(state: State, { type, output }: ModelOperation): Step<Json> {
  if (type !== "ok") return { state: { ...state, unknown: true } };
  const token = output as number;
  if (state.last !== null && token <= state.last) {
    return { rejected: `token ${state.last} was given out before, and ${token} is not larger` };
  }
  return { state: { ...state, last: token } };
}

/** The token that a write or a release comes with. */
export function tokenOf({ f, input }: Pick<ModelOperation, "f" | "input">): number {
  return (f === "write" ? (input as readonly Json[])[0] : input) as number;
}
