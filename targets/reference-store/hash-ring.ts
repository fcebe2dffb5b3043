import type { Key } from "../../harness/history/operation.ts";
import { hashOf } from "./key-placement.ts";

/** How many hashes there are: they have 32 bits. */
const HASHES = 2 ** 32;

/** A hash space of equal partitions, and how many tokens (virtual nodes) each member has in it. */
export interface RingShape {
  readonly partitions: number;
  readonly virtualNodes: number;
}

/** The partition that a key lies in, which never changes. */
export function partitionOf(key: Key, { partitions }: RingShape): number {
  return Math.floor((hashOf(JSON.stringify(key)) / HASHES) * partitions);
}

/**
 * For each partition the member that it belongs to: whose token is next on the ring (Karger et al. 1997; with tokens and
 * partitions apart as in Dynamo, 2007, section 6.2, strategy 2). A member that comes or goes changes what belongs
 * to it, and nothing between the others. Cost: O(t log t) for t tokens.
 */
export function ringOf(members: readonly string[], { partitions, virtualNodes }: RingShape): string[] {
  const tokens = members
    .flatMap((member) =>
      Array.from({ length: virtualNodes }, (_, i) => ({ member, at: hashOf(`${member} token ${i}`) })),
    )
    .sort((a, b) => a.at - b.at || (a.member < b.member ? -1 : 1));
  return Array.from({ length: partitions }, (_, partition) => {
    const start = (partition / partitions) * HASHES;
    const next = tokens.find(({ at }) => at >= start) ?? tokens[0];
    return (next as { member: string }).member;
  });
}
