import { MaxTree } from "./max-tree.ts";
import type { Spans } from "./spans.ts";

/** An operation that saw a value: its removal or a peek. */
export interface Sighting {
  readonly operation: number;
  /** The instants at which it can take effect. */
  readonly from: number;
  readonly to: number;
}

/** Every operation that saw the value of a stay. */
export function* sightingsOf(spans: Spans, stay: number): IterableIterator<Sighting> {
  const { contents, call, last, ret, removal, count } = spans;
  const { peeks, peeksFrom, instants } = contents;
  for (let at = peeksFrom[stay] as number; at < (peeksFrom[stay + 1] as number); at++) {
    const operation = peeks[at] as number;
    const from = Math.max(call[stay] as number, instants.call[operation] as number);
    yield { operation, from, to: instants.ret[operation] as number };
  }
  if (removal[stay] !== -1 && (ret[stay] as number) < count) {
    yield { operation: removal[stay] as number, from: last[stay] as number, to: ret[stay] as number };
  }
}

/**
 * Sightings that come in one after the other: which of those that begin after an instant ends first?
 * Cost: O(log count) for each.
 */
export class EarliestEnd {
  readonly #count: number;
  /** How long before the last instant the earliest ends, by the instant at which it begins. */
  readonly #before: MaxTree;

  constructor(count: number) {
    this.#count = count;
    this.#before = new MaxTree(new Int32Array(count + 1));
  }

  add({ from, to }: Pick<Sighting, "from" | "to">): void {
    this.#before.raise(from, this.#count + 1 - to);
  }

  /** More than `count` where none begins after `instant`. */
  after(instant: number): number {
    return this.#count + 1 - Math.max(0, this.#before.mostFrom(instant + 1));
  }
}
