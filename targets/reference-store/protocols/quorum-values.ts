import { canonicalJson } from "../../../harness/history/index.ts";
import type { Json } from "../../../harness/history/operation.ts";
import type { Dot } from "../crdts/crdt.ts";
import { lwwRegister, type Stamped } from "../crdts/lww-register.ts";
import { countOf, joined, type VectorClock } from "../vector-clock.ts";

/** Where a write is made, and what its client had read of the register. */
interface Coordinated {
  readonly node: string;
  readonly value: Json;
  readonly context: VectorClock;
}

/** What a replica holds of one register, as data, and how two of them become one: a least upper bound. */
export interface Values {
  readonly initial: Json;
  merge(a: Json, b: Json): Json;
  /** What a write makes of the newest state that its coordinator knows, which holds all writes that it made before. */
  write(state: Json, by: Coordinated): Json;
  read(state: Json): Json;
  /** What a client that read this is to bring along with its next write; nothing where that changes nothing. */
  contextOf(state: Json): VectorClock | undefined;
}

/** The write with the largest timestamp wins: one more than the largest that was there, and the coordinator. */
export const lww: Values = {
  initial: lwwRegister.initial,
  merge: (a, b) => lwwRegister.merge(a as Stamped, b as Stamped),
  write: (state, { node, value }) => stamped(((state as Stamped)?.dot[0] ?? 0) + 1, node, value),
  read: (state) => lwwRegister.read(state as Stamped),
  contextOf: () => undefined,
};

export function stamped(time: number, node: string, value: Json): Json {
  const dot: Dot = [time, node];
  return { dot, value };
}

/** A value that nothing took the place of: the `number`-th that this node coordinated for the register. */
type Sibling = { readonly node: string; readonly number: number; readonly value: Json };
/** With the version vector of all that was ever here. */
type Siblings = { readonly values: readonly Sibling[]; readonly seen: VectorClock };

/**
 * A write takes the place of what its client had read, and stands beside everything else: dotted version vectors (Preguiça et
 * al. 2010), since a version vector alone cannot tell apart two writes through one node of clients that had read the same.
 */
export const siblings: Values = {
  initial: { values: [], seen: {} },
  merge(left, right) {
    const [a, b] = [left as Siblings, right as Siblings];
    const values = [...surviving(a, b), ...surviving(b, a).filter((sibling) => !has(a, sibling))];
    return { values: values.sort(compareSiblings), seen: joined(a.seen, b.seen) };
  },
  write(state, { node, value, context }) {
    const { values, seen } = state as Siblings;
    const number = countOf(seen, node) + 1;
    const kept = values.filter((sibling) => !knows(context, sibling));
    return {
      values: [...kept, { node, number, value }].sort(compareSiblings),
      seen: joined(joined(seen, context), { [node]: number }),
    };
  },
  read: (state) =>
    (state as Siblings).values
      .map(({ value }) => value)
      .sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1)),
  contextOf: (state) => (state as Siblings).seen,
};

/** What is left where only one sibling is kept, as a mistake. */
export function firstSibling(state: Json): Json {
  const { values, seen } = state as Siblings;
  return { values: values.slice(0, 1), seen };
}

/** Those of one state that the other has too, or never saw: what it saw and has no more was written over. */
function surviving({ values }: Siblings, other: Siblings): Sibling[] {
  return values.filter((sibling) => has(other, sibling) || !knows(other.seen, sibling));
}

function has({ values }: Siblings, { node, number }: Sibling): boolean {
  return values.some((each) => each.node === node && each.number === number);
}

function knows(seen: VectorClock, { node, number }: Sibling): boolean {
  return countOf(seen, node) >= number;
}

function compareSiblings(a: Sibling, b: Sibling): number {
  return a.node < b.node ? -1 : a.node > b.node ? 1 : a.number - b.number;
}
