import { canonicalJson } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import { excerpt } from "./excerpt.ts";
import type { Model } from "./model.ts";
import { sameJson } from "./same-json.ts";
import { anyValue } from "./schema.ts";

/** Answers what it is asked: `echo` x → x. There is no state, so every operation stands for itself. */
export function echo(): Model {
  return builtIn(
    "echo",
    {},
    {
      name: "echo",
      object: "echo",
      operations: { echo: { input: anyValue("x"), output: anyValue("x") } },
      partition: "by-key",
      // What was said at one time has no bearing on another.
      split: ({ input }) => input,
      init: null,
      step(state, { type, input, output = null }) {
        if (type !== "ok" || sameJson(input, output)) return { state };
        return { rejected: `${canonicalJson(input)} does not come back as ${canonicalJson(output)}` };
      },
      isPure: () => true,
      isVoid: ({ type }) => type !== "ok",
      describe({ type, input, output = null }, key) {
        const answer = type === "ok" ? ` and heard ${excerpt(output)}` : "";
        return `said ${excerpt(input)}${key === undefined ? "" : ` to ${key}`}${answer}`;
      },
    },
  );
}
