import type { Key } from "../../harness/history/operation.ts";

/** The node that a key belongs to, of nodes that never change: the same everywhere, and about as many keys for each. */
export function nodeOf(key: Key, nodes: readonly string[]): string {
  return nodes[fnv1a(JSON.stringify(key)) % nodes.length] as string;
}

/** A hash of 32 bits in which texts that are alike lie far apart. */
export function hashOf(text: string): number {
  // What mixes at the end of MurmurHash3: the high bits of FNV-1a hardly know of the last characters.
  let hash = fnv1a(text);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** FNV-1a, 32 bits. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
  }
  return hash >>> 0;
}
