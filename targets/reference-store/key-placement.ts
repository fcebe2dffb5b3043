import type { Key } from "../../harness/history/operation.ts";

/** The node that a key belongs to, of nodes that never change: the same everywhere, and about as many keys for each. */
export function nodeOf(key: Key, nodes: readonly string[]): string {
  // FNV-1a, 32 bits.
  let hash = 0x811c9dc5;
  for (const character of JSON.stringify(key)) {
    hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
  }
  return nodes[(hash >>> 0) % nodes.length] as string;
}
