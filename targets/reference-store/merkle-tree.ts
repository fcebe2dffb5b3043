import type { Key } from "../../harness/history/operation.ts";
import { digestOf } from "./digest.ts";

/** Children of a vertex; a path has one hexadecimal digit for each step down. */
const FANOUT = 16;
/** Steps from the root to a leaf: 256 leaves, each for a part of the keys. */
const DEPTH = 2;

/**
 * A hash tree over what a replica holds (Merkle 1987): each leaf stands for a range of keys, by their hash, and two trees
 * have the same digest of a vertex if what lies below is the same. So two replicas find out what differs by comparing
 * digests from the root down, and send no more than that.
 *
 * Cost: O(1) for a change; of digests, O(keys below that changed leaves hold) once after each change.
 */
export class MerkleTree {
  /** For each leaf the digests of its keys. */
  readonly #leaves = new Map<string, Map<Key, string>>();
  /** Digests of vertices by path, as far as nothing changed below since they were made. */
  readonly #digests = new Map<string, string>();

  /** The value of the key has this digest now. */
  set(key: Key, digest: string): void {
    const path = leafOf(key);
    const leaf = this.#leaves.get(path) ?? new Map<Key, string>();
    this.#leaves.set(path, leaf.set(key, digest));
    for (let length = 0; length <= DEPTH; length++) this.#digests.delete(path.slice(0, length));
  }

  /** The digests of a vertex's children, in order; the root's path is empty. */
  children(path: string): readonly string[] {
    return childrenOf(path).map((child) => this.#digest(child));
  }

  /** The children of a vertex whose digests are others than `children`. */
  differing(path: string, children: readonly string[]): readonly string[] {
    return childrenOf(path).filter((child, i) => this.#digest(child) !== children[i]);
  }

  /** The keys below a leaf. */
  keysAt(leaf: string): readonly Key[] {
    return [...(this.#leaves.get(leaf)?.keys() ?? [])];
  }

  #digest(path: string): string {
    const known = this.#digests.get(path);
    if (known !== undefined) return known;
    const digest = isLeaf(path) ? this.#digestOfLeaf(path) : digestOf(this.children(path));
    this.#digests.set(path, digest);
    return digest;
  }

  #digestOfLeaf(path: string): string {
    const pairs = [...(this.#leaves.get(path) ?? [])].map(([key, digest]) => [JSON.stringify(key), digest]);
    return pairs.length === 0 ? "" : digestOf(Object.fromEntries(pairs));
  }
}

/** Whether a path ends at a leaf. */
export function isLeaf(path: string): boolean {
  return path.length === DEPTH;
}

function leafOf(key: Key): string {
  const digest = Buffer.from(digestOf(key), "base64url");
  return digest.toString("hex").slice(0, DEPTH);
}

function childrenOf(path: string): readonly string[] {
  return Array.from({ length: FANOUT }, (_, i) => path + i.toString(FANOUT));
}
