import type { SetRead, SetReads } from "./set-reads.ts";

/** Operations that have no order, and that of the reads which cannot be. */
interface Conflict {
  readonly operations: readonly number[];
  readonly operation: number;
  readonly why: string;
}

export type Grown = { readonly order: () => Int32Array } | { readonly conflict: Conflict };

/**
 * A set that only grows has an order if and only if what the reads saw forms a chain, each being part of the next, and no
 * operation ended before another began that the chain puts before it: additions come before the first read that
 * saw them, behind the last that did not; those that nobody saw come last, unless they crashed and never happened.
 *
 * The chain fixes everything but the order of equal reads, and of additions between two reads, which changes nothing; so what real time
 * says about two operations of different places is all that can be wrong.
 *
 * To leave out the addition of an element that no read of the witness saw is sound; so a witness has a read or two, and the
 * additions of all that they saw.
 *
 * Cost: O(n log n), and O(s) for s elements in all reads together.
 */
export function growOnly({ object, instants, additions, reads }: SetReads): Grown {
  const { call, ret, count } = instants;
  const { history, rows } = object;
  const text = (element: number) => {
    const input = history.values.get(
      history.columns.input[rows[additions[element] as number] as number] as number,
    );
    return JSON.stringify(Array.isArray(input) ? input[0] : input);
  };
  const conflict = (
    involved: readonly SetRead[],
    others: readonly number[],
    operation: number,
    why: string,
  ): Grown => {
    const operations = new Set([...others, operation]);
    for (const read of involved) {
      operations.add(read.operation);
      for (const element of read.elements) operations.add(additions[element] as number);
    }
    return { conflict: { operations: [...operations].sort((a, b) => a - b), operation, why } };
  };

  const chain = [...reads].sort((a, b) => a.elements.length - b.elements.length);
  /** Places in the chain: 2g for additions, 2g + 1 for the reads that saw the first g + 1 groups of them and no more. */
  const UNSEEN = 2 * chain.length + 2;
  const placeOfElement = new Int32Array(additions.length).fill(UNSEEN);
  const readAt = new Map<number, SetRead>();
  const place = new Int32Array(rows.length).fill(-1);
  let group = 0;
  for (const [at, read] of chain.entries()) {
    const before = chain[at - 1];
    if (before !== undefined && before.elements.length < read.elements.length) group++;
    const known = read.elements.filter((element) => placeOfElement[element] !== UNSEEN).length;
    if (before !== undefined && known < before.elements.length) {
      const seen = new Set(read.elements);
      const lost = before.elements.find((element) => !seen.has(element)) as number;
      const had = new Set(before.elements);
      const extra = read.elements.find((element) => !had.has(element)) as number;
      const why = `but another read saw ${text(lost)} and not ${text(extra)}, and nothing was ever removed`;
      return conflict([before, read], [], read.operation, why);
    }
    for (const element of read.elements) {
      if (placeOfElement[element] === UNSEEN) placeOfElement[element] = 2 * group;
    }
    place[read.operation] = 2 * group + 1;
    if (!readAt.has(2 * group + 1)) readAt.set(2 * group + 1, read);
  }
  const elementOf = new Int32Array(rows.length).fill(-1);
  for (const [element, addition] of additions.entries()) {
    elementOf[addition] = element;
    const happened = placeOfElement[element] !== UNSEEN || ret[addition] !== count;
    if (happened) place[addition] = placeOfElement[element] as number;
  }
  const order = Array.from(place.keys())
    .filter((operation) => place[operation] !== -1)
    .sort((a, b) => (place[a] as number) - (place[b] as number) || a - b);

  // From the end: of what stands behind, the operation that ended first.
  let earliest = -1;
  for (let to = order.length; to > 0; ) {
    const here = place[order[to - 1] as number] as number;
    let from = to;
    while (from > 0 && place[order[from - 1] as number] === here) from--;
    for (let at = from; at < to && earliest !== -1; at++) {
      const late = order[at] as number;
      if ((ret[earliest] as number) < (call[late] as number)) return ended(earliest, late);
    }
    for (let at = from; at < to; at++) {
      const operation = order[at] as number;
      if (earliest === -1 || (ret[operation] as number) < (ret[earliest] as number)) earliest = operation;
    }
    to = from;
  }
  return { order: () => Int32Array.from(order) };

  /** `early` stands behind `late` in the chain, and ended before it began. */
  function ended(early: number, late: number): Grown {
    const [added, addedLate] = [elementOf[early] as number, elementOf[late] as number];
    const readOf = (operation: number) => chain.find((read) => read.operation === operation) as SetRead;
    if (addedLate === -1) {
      const read = readOf(late);
      if (added !== -1)
        return conflict(
          [read],
          [early],
          late,
          `but ${text(added)} had been added before, and nothing was ever removed`,
        );
      const seen = new Set(read.elements);
      const lost = readOf(early).elements.find((element) => !seen.has(element)) as number;
      const why = `but a read before it saw ${text(lost)}, and nothing was ever removed`;
      return conflict([read, readOf(early)], [], late, why);
    }
    if (added === -1)
      return conflict([readOf(early)], [late], early, `but ${text(addedLate)} was added only later`);
    const read = readAt.get((place[late] as number) + 1) as SetRead;
    const why = `but it saw ${text(addedLate)}, and ${text(added)} had been added before that`;
    return conflict([read], [early, late], read.operation, why);
  }
}
