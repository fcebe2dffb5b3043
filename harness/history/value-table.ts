import type { Json } from "./operation.ts";

type Scalar = null | boolean | number | string;

/** How many arrays and objects are kept unfolded; a power of two. */
const CACHE_SIZE = 1024;

/** Values by number, as a history has them. */
export interface Values {
  /** Numbers go from 0 to `size` - 1. */
  readonly size: number;
  /**
   * The value behind a number; members of objects come in sorted order. It may be the same object at every call: do not
   * change it.
   */
  get(id: number): Json;
  /** The JSON text behind a number, members sorted; undefined where the value is a number, and its own text. */
  text(id: number): string | undefined;
}

/**
 * Interns JSON values: equal values, and only those, have one number. Objects are equal whatever the order of their
 * members. Numbers are dense from 0, in order of first appearance.
 *
 * Arrays and objects lie here as text, a quarter of the size that they have unfolded: 10^6 transactions fit in a few
 * hundred MB. The last few that were asked for stay unfolded.
 *
 * Cost: {@link intern} is O(size of the value), one look-up for a scalar. {@link get} is O(1) for a scalar and for a
 * value asked for lately, and else O(size of the value).
 */
export class ValueTable implements Values {
  /** The scalar behind each number; nothing where an array or an object is. */
  readonly #scalars: (Scalar | undefined)[] = [];
  /** The text of the array or object behind each number; nothing where a scalar is. */
  readonly #texts: (string | undefined)[] = [];
  readonly #scalarIds = new Map<Scalar, number>();
  readonly #textIds = new Map<string, number>();
  readonly #cachedIds = new Int32Array(CACHE_SIZE).fill(-1);
  readonly #cached: Json[] = [];

  get size(): number {
    return this.#scalars.length;
  }

  intern(value: Json): number {
    if (value !== null && typeof value === "object") return this.#internText(canonicalJson(value));
    const known = this.#scalarIds.get(value);
    if (known !== undefined) return known;
    const id = this.#scalars.length;
    this.#scalarIds.set(value, id);
    this.#scalars.push(value);
    this.#texts.push(undefined);
    return id;
  }

  /** Whether the value has a number. Cost: O(size of the value). */
  has(value: Json): boolean {
    if (value !== null && typeof value === "object") return this.#textIds.has(canonicalJson(value));
    return this.#scalarIds.has(value);
  }

  get(id: number): Json {
    const text = this.#texts[id];
    return text === undefined ? (this.#scalars[id] as Scalar) : this.#unfold(id, text);
  }

  text(id: number): string | undefined {
    const scalar = this.#scalars[id];
    if (scalar === undefined) return this.#texts[id] as string;
    return typeof scalar === "number" ? undefined : JSON.stringify(scalar);
  }

  #internText(text: string): number {
    const known = this.#textIds.get(text);
    if (known !== undefined) return known;
    const id = this.#scalars.length;
    this.#textIds.set(text, id);
    this.#scalars.push(undefined);
    this.#texts.push(text);
    return id;
  }

  #unfold(id: number, text: string): Json {
    const slot = id & (CACHE_SIZE - 1);
    if (this.#cachedIds[slot] === id) return this.#cached[slot] as Json;
    const value = JSON.parse(text) as Json;
    this.#cachedIds[slot] = id;
    this.#cached[slot] = value;
    return value;
  }
}

/** JSON text with the members of every object sorted, so that equal values have equal texts. */
export function canonicalJson(value: Json): string {
  // Most values are arrays of scalars and arrays, which have but one text: the native writer is ten times as fast.
  if (!containsObject(value)) return JSON.stringify(value);
  return JSON.stringify(value, (_name, inner: Json) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function containsObject(value: Json): boolean {
  if (value === null || typeof value !== "object") return false;
  return Array.isArray(value) ? (value as readonly Json[]).some(containsObject) : true;
}
