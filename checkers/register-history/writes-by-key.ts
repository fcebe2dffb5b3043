import type { RegisterHistory } from "./register-history.ts";

/** The writes of one key in one chain, in order. */
export interface ChainWrites {
  readonly chain: number;
  readonly nodes: Int32Array;
  /** Where they stand in the chain. */
  readonly places: Int32Array;
}

/** For each key the writes of each chain that has any. Cost: O(n). */
export function writesByKey({ key, chain, place, writes, size }: RegisterHistory): readonly ChainWrites[][] {
  const found: Map<number, number[]>[] = [];
  for (let node = 0; node < size; node++) {
    if (writes[node] === 0) continue;
    const at = key[node] as number;
    found[at] ??= new Map<number, number[]>();
    const ofKey = found[at];
    const ofChain = ofKey.get(chain[node] as number);
    if (ofChain === undefined) ofKey.set(chain[node] as number, [node]);
    else ofChain.push(node);
  }
  return Array.from(found, (ofKey) =>
    [...(ofKey ?? [])].map(([number, nodes]) => ({
      chain: number,
      nodes: Int32Array.from(nodes),
      places: Int32Array.from(nodes, (node) => place[node] as number),
    })),
  );
}

/** How many of `places`, which ascend, are smaller than `end`. Cost: O(log n). */
export function countBefore(places: ArrayLike<number>, end: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] as number) < end) low = middle + 1;
    else high = middle;
  }
  return low;
}
