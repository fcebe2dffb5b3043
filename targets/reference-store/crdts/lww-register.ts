import type { Json } from "../../../harness/history/operation.ts";
import { type Crdt, compareDots, type Dot } from "./crdt.ts";

/** A value and the stamp of its write; none before the first. */
export type Stamped = { readonly dot: Dot; readonly value: Json } | null;

/** A register in which the write with the largest stamp wins. */
export const lwwRegister: Crdt<Stamped, NonNullable<Stamped>> = {
  name: "lww-register",
  source: "specification 8",
  operations: ["write"],
  initial: null,
  read: (state) => state?.value ?? null,
  prepare: (_state, { value }, { dot }) => ({ dot, value }),
  apply: later,
  merge: (a, b) => (b === null ? a : later(a, b)),
};

function later(a: Stamped, b: NonNullable<Stamped>): NonNullable<Stamped> {
  return a === null || compareDots(a.dot, b.dot) < 0 ? b : a;
}
