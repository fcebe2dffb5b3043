import type { Key } from "../../harness/history/operation.ts";

/**
 * For each peer the objects that it is not known to have as they are here. An object that changes is owed to all; what a
 * peer acknowledges is owed no more, unless it changed again meanwhile. Versions count changes since the start.
 */
export class Backlog {
  readonly #versions = new Map<Key, number>();
  readonly #owed: ReadonlyMap<string, Set<Key>>;

  constructor(peers: readonly string[]) {
    this.#owed = new Map(peers.map((peer) => [peer, new Set()]));
  }

  changed(key: Key): void {
    this.#versions.set(key, (this.#versions.get(key) ?? 0) + 1);
    for (const keys of this.#owed.values()) keys.add(key);
  }

  /** Something changed that only this peer may lack. */
  owe(peer: string, key: Key): void {
    this.#versions.set(key, (this.#versions.get(key) ?? 0) + 1);
    this.#owed.get(peer)?.add(key);
  }

  /** What the peer is owed, oldest debt first; `limit` at most. */
  owedTo(peer: string, limit: number): readonly (readonly [key: Key, version: number])[] {
    return Array.from(this.#owed.get(peer) ?? [])
      .slice(0, limit)
      .map((key) => [key, this.#versions.get(key) ?? 0] as const);
  }

  acknowledged(peer: string, versions: readonly (readonly [key: Key, version: number])[]): void {
    for (const [key, version] of versions) {
      if (this.#versions.get(key) === version) this.#owed.get(peer)?.delete(key);
    }
  }
}
