import { BEFORE_ALL, Kind, NEVER, NONE, type RegisterOperations } from "./register-operations.ts";
import type { Sources } from "./sources.ts";

/**
 * The clusters of a register and how compare-and-set links them.
 *
 * A *cluster* is an operation that writes, which is its number, and everything that observed what it wrote. A
 * compare-and-set belongs to two: it observes the one and begins the other. In any order, the operations of a cluster
 * stand between its writer and the next writer; so where a compare-and-set observed the cluster, it is the next writer,
 * and the two clusters stand side by side. Clusters so linked are a *chain*, which begins with a write or the initial
 * value, and the whole chain stands in one piece and in one sequence of layers: writer, reads, writer, reads, …
 *
 * Without compare-and-set every chain is one cluster. All columns have the number of a writer as their index.
 */
export interface Chains {
  /**
   * The first cluster of the chain; NONE for what is in no chain: nobody wrote what its first compare-and-set found, or
   * it forked.
   */
  readonly root: Int32Array;
  /** The compare-and-set that observed the cluster, or NONE. */
  readonly next: Int32Array;
  /**
   * The instant before which the cluster cannot have begun: the latest invocation up to its writer. NEVER without a
   * root.
   */
  readonly born: Int32Array;
  /** The writer that is to blame for `born`. */
  readonly bornBy: Int32Array;
  /** The instant by which the cluster has begun: the earliest completion from its writer on. */
  readonly begun: Int32Array;
  /** The operation that completed then. */
  readonly begunBy: Int32Array;
  /** Those that observed a cluster which another compare-and-set observed as well, and that began later for certain. */
  readonly forks: readonly number[];
}

/** Cost: O(n). */
export function linkClusters(operations: RegisterOperations, sources: Sources): Chains {
  const { size, kind, ret } = operations;
  const { source } = sources;
  const { root, born, bornBy, parentsFirst } = walkToRoots(operations, sources);
  const begun = ret.slice();
  const begunBy = new Int32Array(size + 1);
  for (let i = 0; i <= size; i++) begunBy[i] = i;
  for (let i = 0; i < size; i++) {
    const cluster = source[i] as number;
    if (kind[i] !== Kind.read || cluster === NONE || (ret[i] as number) > (begun[cluster] as number))
      continue;
    begun[cluster] = ret[i] as number;
    begunBy[cluster] = i;
  }
  const next = new Int32Array(size + 1).fill(NONE);
  const forks: number[] = [];
  for (let at = parentsFirst.length - 1; at >= 0; at--) {
    const cas = parentsFirst[at] as number;
    const parent = source[cas] as number;
    if (parent === NONE) continue;
    if ((begun[cas] as number) < (begun[parent] as number)) {
      begun[parent] = begun[cas] as number;
      begunBy[parent] = begunBy[cas] as number;
    }
    const rival = next[parent] as number;
    if (rival === NONE) next[parent] = cas;
    else {
      const first = (begun[rival] as number) < (begun[cas] as number) ? rival : cas;
      next[parent] = first;
      forks.push(first === rival ? cas : rival);
    }
  }
  // The chain goes on with the rival; a fork and what follows it stand nowhere.
  for (const fork of forks) root[fork] = NONE;
  if (forks.length > 0) {
    for (const cas of parentsFirst) if (root[source[cas] as number] === NONE) root[cas] = NONE;
  }
  return { root, next, born, bornBy, begun, begunBy, forks };
}

/**
 * From each compare-and-set back to where its chain begins. `parentsFirst`: every one that happened, after the one
 * before it in its chain.
 */
function walkToRoots({ size, kind, call }: RegisterOperations, { source, happened }: Sources) {
  const root = new Int32Array(size + 1).fill(NONE);
  const born = new Int32Array(size + 1).fill(BEFORE_ALL);
  const bornBy = new Int32Array(size + 1).fill(NONE);
  for (let i = 0; i <= size; i++) {
    if (kind[i] !== Kind.write || happened[i] === 0) continue;
    root[i] = i;
    born[i] = call[i] as number;
    bornBy[i] = i;
  }
  const parentsFirst: number[] = [];
  const seen = new Uint8Array(size + 1);
  const path: number[] = [];
  for (let i = 0; i < size; i++) {
    if (kind[i] !== Kind.cas || happened[i] === 0) continue;
    for (
      let cas = i;
      cas !== NONE && kind[cas] === Kind.cas && seen[cas] === 0;
      cas = source[cas] as number
    ) {
      seen[cas] = 1;
      path.push(cas);
    }
    for (let cas = path.pop(); cas !== undefined; cas = path.pop()) {
      parentsFirst.push(cas);
      const parent = source[cas] as number;
      if (parent === NONE || bornBy[parent] === NONE) {
        // Nobody wrote what it found, or it is its own ancestor: the chain runs in a circle.
        born[cas] = NEVER;
        bornBy[cas] = cas;
        continue;
      }
      const late = (call[cas] as number) > (born[parent] as number);
      root[cas] = root[parent] as number;
      born[cas] = (late ? call[cas] : born[parent]) as number;
      bornBy[cas] = late ? cas : (bornBy[parent] as number);
    }
  }
  return { root, born, bornBy, parentsFirst };
}
