import type { Chains } from "./chains.ts";
import { Kind, NONE, type RegisterOperations } from "./register-operations.ts";
import type { Sources } from "./sources.ts";
import type { Zones } from "./zones.ts";

/**
 * An order of the operations, where there is no violation: the chains by the middle of their zones ({@link Zones} says
 * why), the initial value's first; each cluster's writer, then its reads by invocation.
 *
 * Cost: O(n), and a sort of the chains.
 */
export function linearization(
  operations: RegisterOperations,
  sources: Sources,
  chains: Chains,
  zones: Zones,
): Int32Array {
  const { size, kind, call } = operations;
  const { source, happened } = sources;
  const { next, begun } = chains;
  /** First read of each cluster, and of each read the next one. */
  const firstRead = new Int32Array(size + 1).fill(NONE);
  const nextRead = new Int32Array(size + 1).fill(NONE);
  for (let i = size - 1; i >= 0; i--) {
    if (kind[i] !== Kind.read || happened[i] === 0) continue;
    const cluster = source[i] as number;
    nextRead[i] = firstRead[cluster] as number;
    firstRead[cluster] = i;
  }
  const lastCall = new Int32Array(size + 1);
  for (let i = 0; i < size; i++) {
    const chain = zones.chainOf[i] as number;
    if (chain !== NONE) lastCall[chain] = call[i] as number;
  }
  const scale = size + 1;
  const middles = Float64Array.from(zones.chains, (chain) =>
    chain === size ? chain : ((begun[chain] as number) + (lastCall[chain] as number)) * scale + chain,
  ).sort();
  const order = new Int32Array(size + 1);
  let placed = 0;
  for (const middle of middles) {
    for (let writer = middle % scale; writer !== NONE; writer = next[writer] as number) {
      order[placed++] = writer;
      for (let read = firstRead[writer] as number; read !== NONE; read = nextRead[read] as number) {
        order[placed++] = read;
      }
    }
  }
  return order.slice(0, placed);
}
