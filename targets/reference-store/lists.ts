import type { Json, Key } from "../../harness/history/operation.ts";

/** A part of a transaction over lists: an append, or a read, which has null until it is answered. */
export type ListOperation = readonly [f: "append" | "r", key: Key, value: Json];

/** A part with its place in the transaction. */
export type Placed = readonly [place: number, operation: ListOperation];

/** Lists by key, every one empty at first. */
export class Lists {
  readonly #lists = new Map<Key, readonly Json[]>();

  get(key: Key): readonly Json[] {
    return this.#lists.get(key) ?? [];
  }

  append(key: Key, element: Json): void {
    this.#lists.set(key, [...this.get(key), element]);
  }

  /** Takes out what `keep` refuses. */
  retain(key: Key, keep: (element: Json, at: number) => boolean): void {
    this.#lists.set(key, this.get(key).filter(keep));
  }

  /** What the reads among these operations return, each after the appends before it; nothing changes. */
  reads(operations: readonly Placed[]): (readonly [place: number, list: readonly Json[]])[] {
    const own: [Key, Json][] = [];
    const seen: [number, readonly Json[]][] = [];
    for (const [place, [f, key, value]] of operations) {
      if (f === "append") own.push([key, value]);
      else seen.push([place, [...this.get(key), ...own.flatMap(([of, each]) => (of === key ? [each] : []))]]);
    }
    return seen;
  }
}

/** The operations of a transaction as it was asked for; undefined for what is none. */
export function listOperations(value: Json): readonly ListOperation[] | undefined {
  return Array.isArray(value) && value.every(isListOperation)
    ? (value as readonly ListOperation[])
    : undefined;
}

/** The transaction with its reads filled in. */
export function answered(
  operations: readonly ListOperation[],
  reads: ReadonlyMap<number, readonly Json[]>,
): Json {
  return operations.map(([f, key, value], place) => [
    f,
    key,
    f === "r" ? [...(reads.get(place) ?? [])] : value,
  ]);
}

function isListOperation(part: Json): boolean {
  return Array.isArray(part) && part.length === 3 && (part[0] === "append" || part[0] === "r");
}
