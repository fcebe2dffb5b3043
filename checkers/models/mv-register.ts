import { canonicalJson, type Json } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import type { Model, ModelOperation, Step } from "./model.ts";
import { anyValue, listOf, nothing, sameAgain } from "./schema.ts";

/**
 * A multi-value register (Shapiro et al. 2011, specification 10): `write` v, `read` null → [all values that nothing took the
 * place of]. One client at a time, that is the last value written, or nothing at all before the first; where writes do
 * not see each other both stay, which checkers of convergence know. One instance per key; failed operations are dropped.
 */
export function mvRegister(): Model {
  return builtIn(
    "mv-register",
    {},
    {
      name: "mv-register",
      object: "mv-register",
      operations: {
        read: { input: nothing, output: listOf("[values]", "the list of all values") },
        write: { input: anyValue("v"), output: sameAgain },
      },
      partition: "by-key",
      init: [],
      step: stepMvRegister,
      isPure: ({ f }) => f === "read",
      transition: ({ f, input, output = null }) => [f, f === "write" ? input : output],
      describe({ f, input, output = null }, key) {
        const at = (word: string) => (key === undefined ? "" : ` ${word} ${key}`);
        if (f === "write") return `wrote ${JSON.stringify(input)}${at("to")}`;
        return `read ${output === null ? "all values" : JSON.stringify(output)}${at("from")}`;
      },
    },
  );
}

function stepMvRegister(state: Json, { f, input, output = null }: ModelOperation): Step<Json> {
  if (f === "write") return { state: [input] };
  // One that nobody answered is left out before anybody looks.
  if (output === null || canonicalJson(output) === canonicalJson(state)) return { state };
  return { rejected: `the register holds ${canonicalJson(state)}, not ${canonicalJson(output)}` };
}
