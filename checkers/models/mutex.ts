import { builtIn } from "./built-in.ts";
import type { Model } from "./model.ts";
import { nothing } from "./schema.ts";

/**
 * A mutex: `acquire` waits until it is free, `release` frees it, whoever asks for it. One instance per key, free at first.
 * Failed operations are dropped: a client that was not let in saw nothing.
 */
export function mutex(): Model {
  return builtIn(
    "mutex",
    {},
    {
      name: "mutex",
      object: "mutex",
      operations: { acquire: { input: nothing }, release: { input: nothing } },
      partition: "by-key",
      init: "free",
      step(state, { f }) {
        if (f === "acquire") return state === "free" ? { state: "held" } : { rejected: "the mutex is held" };
        return state === "held" ? { state: "free" } : { rejected: "the mutex is free" };
      },
      transition: ({ f }) => f,
      dataflow: {
        leaves: ({ f }) => (f === "acquire" ? "held" : "free"),
        needs: ({ f }) => ({ state: f === "acquire" ? "free" : "held" }),
      },
      describeState: (state) => `was ${state}`,
      describe: ({ f }, key) => `${f}d ${key ?? "the mutex"}`,
    },
  );
}
