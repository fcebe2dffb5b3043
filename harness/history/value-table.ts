import type { Json } from "./operation.ts";

/**
 * Interns JSON values: equal values, and only those, have one number. Objects are equal whatever the order of their
 * members. Numbers are dense from 0, in order of first appearance.
 *
 * Cost: O(size of the value) a call; small integers and strings take one look-up.
 */
export class ValueTable {
  readonly #values: Json[] = [];
  readonly #scalars = new Map<Json, number>();
  readonly #composites = new Map<string, number>();

  get size(): number {
    return this.#values.length;
  }

  intern(value: Json): number {
    if (value !== null && typeof value === "object") {
      return this.#lookup(this.#composites, canonicalJson(value), value);
    }
    return this.#lookup(this.#scalars, value, value);
  }

  /** The value behind a number that {@link intern} gave. */
  get(id: number): Json {
    return this.#values[id] as Json;
  }

  #lookup<K>(ids: Map<K, number>, key: K, value: Json): number {
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = this.#values.length;
    this.#values.push(value);
    ids.set(key, id);
    return id;
  }
}

/** JSON text with the members of every object sorted, so that equal values have equal texts. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_name, inner: Json) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
