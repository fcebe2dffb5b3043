import type { Json } from "../../../harness/history/operation.ts";

/** Names one update for all time: the `counter`-th stamp of a node. */
export type Dot = readonly [counter: number, node: string];

/** What an operation meets where it is made. */
interface Origin {
  readonly node: string;
  /** A stamp that no other update has, larger than all that this replica has seen. */
  readonly dot: Dot;
}

/**
 * A conflict-free replicated data type (Shapiro, Preguiça, Baquero and Zawirski, A comprehensive study of convergent and
 * commutative replicated data types, INRIA RR-7506, 2011). States and updates are values, never changed in place.
 *
 * As an operation-based type: {@link prepare} makes an update where the client is, and every replica applies it once, in
 * causal order. As a state-based type: the state is applied to at home alone, and replicas {@link merge} states.
 */
export interface Crdt<State extends Json, Update extends Json> {
  /** Its standard name. */
  readonly name: string;
  /** The section of the study. */
  readonly source: string;
  /** What clients can do beside `read`. */
  readonly operations: readonly string[];
  readonly initial: State;
  /** What a client reads. */
  read(state: State): Json;
  /** What an operation comes to, as data; undefined where it has nothing to change; a text where it cannot be done. */
  prepare(
    state: State,
    operation: { readonly f: string; readonly value: Json },
    origin: Origin,
  ): Update | undefined | string;
  apply(state: State, update: Update): State;
  /** Least upper bound: commutative, associative, idempotent. */
  merge(a: State, b: State): State;
}

/** Order of stamps, which is total and extends what was seen before what. */
export function compareDots([a, nodeA]: Dot, [b, nodeB]: Dot): number {
  return a - b || (nodeA < nodeB ? -1 : nodeA > nodeB ? 1 : 0);
}

/** Text that names a stamp in a record. */
export function dotText([counter, node]: Dot): string {
  return `${counter}@${node}`;
}
