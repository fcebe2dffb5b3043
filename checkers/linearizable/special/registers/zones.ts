import type { Chains } from "./chains.ts";
import { NONE, type RegisterOperations, sortedBy } from "./register-operations.ts";
import type { Sources } from "./sources.ts";

/**
 * When each chain of clusters is known to hold the register.
 *
 * Chain A stands before chain B in every order if and only if an operation of A completed before one of B was invoked:
 * `begun(A) < lastCall(B)`. So an order needs that no two chains stand before each other, and that suffices: sorted by
 * `begun + lastCall` the chains contradict real time only where an earlier A and a later B have `begun(B) <
 * lastCall(A)`, and then `begun(A) - lastCall(B) ≤ begun(B) - lastCall(A) < 0`, so that A stands before B as well.
 *
 * The *zone* of a chain is the time between the two instants. The rule in terms of zones, and for registers without
 * compare-and-set, is of Gibbons and Korach, "Testing shared memories", SIAM J. Comput. 26(4), 1997.
 */
export interface Zones {
  /** The chain of each operation, by the number of its first writer; NONE for what is in none. */
  readonly chainOf: Int32Array;
  /** The chains, by the instant when they had begun for certain. */
  readonly chains: Int32Array;
  /** By operation: the event from which on it is known that the operation happened. */
  readonly knownAt: Int32Array;
}

/** Two chains that each stand before the other, the earliest in the history. */
export interface Conflict {
  /** The completion with which the history has no order any more. */
  readonly at: number;
  /** Invocation, by chain, of the latest invoked operation that is known at that instant; NONE before the first. */
  readonly lastCall: Int32Array;
}

/** Cost: O(n), and a sort of the chains. */
export function zonesOf(operations: RegisterOperations, sources: Sources, chains: Chains): Zones {
  const { size, written, ret } = operations;
  const { source, happened } = sources;
  const { root, begun } = chains;
  const chainOf = new Int32Array(size + 1).fill(NONE);
  const knownAt = new Int32Array(size + 1);
  let count = 0;
  const roots = new Int32Array(size + 1);
  for (let i = 0; i <= size; i++) {
    if (happened[i] === 0) continue;
    const writes = written[i] !== NONE;
    const cluster = writes ? i : (source[i] as number);
    if (cluster === NONE) continue;
    knownAt[i] = (writes ? begun[i] : ret[i]) as number;
    chainOf[i] = root[cluster] as number;
    if (root[i] === i) roots[count++] = i;
  }
  return { chainOf, chains: sortedBy(roots.subarray(0, count), begun), knownAt };
}

/**
 * The earliest conflict that shows before event `end`, or undefined. What is known only grows with the events, so that
 * bisection finds the first of them.
 *
 * Cost: O(n), and O(n log n) where there is one.
 */
export function earliestConflict(
  operations: RegisterOperations,
  chains: Chains,
  zones: Zones,
  end: number,
): Conflict | undefined {
  const lastCall = new Int32Array(operations.size + 1);
  const shows = (at: number) => {
    recallCalls(operations, zones, at, lastCall);
    return contradicts(chains, zones, at, lastCall);
  };
  let high = Math.min(end, operations.object.history.eventCount) - 1;
  if (!shows(high)) return undefined;
  let low = -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (shows(middle)) high = middle;
    else low = middle;
  }
  recallCalls(operations, zones, high, lastCall);
  return { at: high, lastCall };
}

function recallCalls(
  { size, call }: RegisterOperations,
  { chainOf, knownAt }: Zones,
  at: number,
  lastCall: Int32Array,
): void {
  lastCall.fill(NONE);
  // In order of invocation, so that the last one to be looked at counts.
  for (let i = 0; i < size; i++) {
    const chain = chainOf[i] as number;
    if (chain !== NONE && (knownAt[i] as number) <= at) lastCall[chain] = call[i] as number;
  }
}

/**
 * One sweep over the chains as they begin. It suffices to compare each with the earlier one that was invoked into last,
 * M: if an earlier A conflicts with B then M does too, or A and M conflict with each other and the sweep ended before.
 * For `begun(M) < begun(B) < lastCall(A) ≤ lastCall(M)` and `begun(A) < begun(B)`.
 */
function contradicts({ begun }: Chains, { chains }: Zones, at: number, lastCall: Int32Array): boolean {
  let latest = NONE;
  for (const chain of chains) {
    const start = begun[chain] as number;
    if (start > at) return false;
    const call = lastCall[chain] as number;
    if (latest === NONE) latest = chain;
    else {
      const latestCall = lastCall[latest] as number;
      if (latestCall > start && (begun[latest] as number) < call) return true;
      if (call > latestCall) latest = chain;
    }
  }
  return false;
}
