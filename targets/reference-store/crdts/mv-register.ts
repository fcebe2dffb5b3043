import { canonicalJson } from "../../../harness/history/index.ts";
import type { Json } from "../../../harness/history/operation.ts";
import { type Crdt, type Dot, dotText } from "./crdt.ts";

/** Writes that nobody who had seen them wrote over, by stamp; and the stamps of all that were written over. */
type MVRegisterState = {
  readonly values: Readonly<Record<string, Json>>;
  readonly overwritten: Readonly<Record<string, true>>;
};
type Write = { readonly dot: Dot; readonly value: Json; readonly over: readonly string[] };

/** A register that keeps every value of writes made at the same time: a read gives them all, the smallest text first. */
export const mvRegister: Crdt<MVRegisterState, Write> = {
  name: "mv-register",
  source: "specification 10",
  operations: ["write"],
  initial: { values: {}, overwritten: {} },
  read({ values }) {
    const texts = new Map(Object.values(values).map((value) => [canonicalJson(value), value]));
    return [...texts.keys()].sort().map((text) => texts.get(text) as Json);
  },
  prepare: ({ values }, { value }, { dot }) => ({ dot, value, over: Object.keys(values) }),
  apply: (state, { dot, value, over }) =>
    mvRegister.merge(state, {
      values: { [dotText(dot)]: value },
      overwritten: Object.fromEntries(over.map((each) => [each, true as const])),
    }),
  merge(a, b) {
    const overwritten = { ...a.overwritten, ...b.overwritten };
    const values = Object.entries({ ...a.values, ...b.values }).filter(
      ([dot]) => !Object.hasOwn(overwritten, dot),
    );
    return { values: Object.fromEntries(values), overwritten };
  },
};
