import type { Json } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import type { Model, ModelOperation, Step } from "./model.ts";
import { nothing } from "./schema.ts";

/**
 * A mutex that only its owner may release (Knossos' owner-aware mutex; not reentrant): `acquire`, `release`. The owner is
 * the value of the operation, the name of a client for instance, or where that is null the process that asks. One
 * instance per key, free at first; failed operations are dropped.
 *
 * A process whose operation crashed goes on under another number and is another owner then. Clients that outlive
 * their crashes should name themselves.
 */
export function ownerAwareMutex(): Model {
  return builtIn(
    "owner-aware-mutex",
    {},
    {
      name: "owner-aware-mutex",
      object: "mutex",
      operations: {
        acquire: { input: { ...nothing, text: "null or owner" } },
        release: { input: { ...nothing, text: "null or owner" } },
      },
      byProcess: true,
      partition: "by-key",
      init: null,
      step(state: Json, operation: ModelOperation): Step<Json> {
        const [held, owner] = [nameOf(state), nameOf(ownerOf(operation))];
        if (operation.f === "acquire") {
          return state === null
            ? { state: ownerOf(operation) }
            : { rejected: `the mutex is held by ${held}` };
        }
        if (state === null) return { rejected: "the mutex is free" };
        return held === owner
          ? { state: null }
          : { rejected: `the mutex is held by ${held}, not by ${owner}` };
      },
      transition: (operation) => [operation.f, ownerOf(operation)],
      dataflow: {
        leaves: (operation) => (operation.f === "acquire" ? ownerOf(operation) : null),
        needs: (operation) => ({ state: operation.f === "acquire" ? null : ownerOf(operation) }),
      },
      describeState: (owner) => (owner === null ? "was free" : `was held by ${nameOf(owner)}`),
      describe: ({ f, input }, key) =>
        `${f}d ${key ?? "the mutex"}${input === null ? "" : ` as ${JSON.stringify(input)}`}`,
    },
  );
}

/** Processes stand in a list, so that none is taken for a client that calls itself by a number. */
function ownerOf({ input, process }: ModelOperation): Json {
  return input ?? ["process", process ?? null];
}

function nameOf(owner: Json): string {
  return Array.isArray(owner) && owner[0] === "process" ? `process ${owner[1]}` : JSON.stringify(owner);
}
