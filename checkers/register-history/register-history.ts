import type { History } from "../../harness/history/index.ts";

/** In place of a source: the value that was there before every write. */
export const INITIAL = -1;
/** In a column: nothing. Of a source: the operation reads nothing, or nothing that its writer is known of. */
export const NONE = -2;

/**
 * The operations of a history of registers, all keys together, as the models below linearizability see them: who came
 * before whom in a session, and who read from whom. Real time has no part in it.
 *
 * An operation that took effect is a node; nodes are numbered in order of invocation. A compare-and-set is one node that
 * reads and writes.
 *
 * A session is a process. Its nodes stand in a chain, a crashed one at the end: it comes after what its process did before, and
 * before nothing, since nobody knows when it took effect. Where a process went on after a crash, the crashed operation has a
 * chain of its own.
 */
export interface RegisterHistory {
  readonly history: History;
  readonly size: number;
  /** Row of the history of each node. */
  readonly rows: Int32Array;
  /** Number of the key. */
  readonly key: Int32Array;
  /** 1 where the node writes. */
  readonly writes: Uint8Array;
  /** The node that wrote what the node read, or {@link INITIAL}, or {@link NONE}. */
  readonly source: Int32Array;
  readonly chain: Int32Array;
  /** Position in its chain, from 0. */
  readonly place: Int32Array;
  /** The node that comes last before it in its session, or {@link NONE}. */
  readonly before: Int32Array;
  /** The nodes of each chain, in order. */
  readonly chains: readonly Int32Array[];
}

/**
 * The history of some of the nodes, of which some read nothing any more. What came before what in a session stays so.
 *
 * Cost: O(n).
 */
export function restrict(
  registers: RegisterHistory,
  isKept: (node: number) => boolean,
  readIsKept: (node: number) => boolean,
): RegisterHistory {
  const { history, size, before: all } = registers;
  const renumbered = new Int32Array(size).fill(NONE);
  const kept: number[] = [];
  for (let node = 0; node < size; node++) if (isKept(node)) renumbered[node] = kept.push(node) - 1;
  const source = Int32Array.from(kept, (node) => {
    const from = registers.source[node] as number;
    if (from === NONE || !readIsKept(node)) return NONE;
    return from === INITIAL ? INITIAL : (renumbered[from] as number);
  });
  /** For every node, the last kept one up to it in its session. */
  const upTo = new Int32Array(size).fill(NONE);
  const before = new Int32Array(kept.length).fill(NONE);
  for (let node = 0; node < size; node++) {
    // What comes before in a session was invoked before, and so has a smaller number.
    const last = all[node] === NONE ? NONE : (upTo[all[node] as number] as number);
    const number = renumbered[node] as number;
    upTo[node] = number === NONE ? last : number;
    if (number !== NONE) before[number] = last;
  }
  const columnOf = (column: Int32Array) => Int32Array.from(kept, (node) => column[node] as number);
  return {
    history,
    size: kept.length,
    rows: columnOf(registers.rows),
    key: columnOf(registers.key),
    writes: Uint8Array.from(kept, (node) => registers.writes[node] as number),
    source,
    before,
    ...inChains(columnOf(registers.chain), registers.chains.length),
  };
}

/** The nodes by chain, in order of their numbers. Cost: O(n). */
export function inChains(
  chain: Int32Array,
  count: number,
): Pick<RegisterHistory, "chain" | "place" | "chains"> {
  const lengths = new Int32Array(count);
  const place = chain.map((number) => {
    const at = lengths[number] as number;
    lengths[number] = at + 1;
    return at;
  });
  const chains = Array.from(lengths, (length) => new Int32Array(length));
  for (const [node, number] of chain.entries()) {
    (chains[number] as Int32Array)[place[node] as number] = node;
  }
  return { chain, place, chains };
}
