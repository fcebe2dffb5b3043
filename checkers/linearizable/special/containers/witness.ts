import type { Contradiction } from "./contents.ts";
import type { Spans } from "./spans.ts";

/**
 * The operations on some stays, as few as fix their spans: addition, removal, and the peeks that a span begins or ends
 * with. Where nobody is known to have removed a value, every crashed removal belongs to them.
 *
 * To leave out all other stays is sound for every container here: strike a value and all that happened to it from an order,
 * crashed removals that took it included, and what came out next still comes out next, and an empty container is
 * still empty. To leave out peeks and answers of emptiness is sound as they change nothing.
 */
export function witness(
  spans: Spans,
  stays: Iterable<number>,
  operation: number,
  why: string,
  others: readonly number[] = [],
): Contradiction {
  const { contents, first, last, seen } = spans;
  const { addition, removal, peeks, peeksFrom, crashedRemovals, instants } = contents;
  const operations = new Set<number>([operation, ...others]);
  let openEnded = false;
  for (const stay of stays) {
    operations.add(addition[stay] as number);
    if (removal[stay] === -1) openEnded = true;
    else operations.add(removal[stay] as number);
    const wanted = [
      { at: instants.ret, is: seen[stay] },
      { at: instants.ret, is: first[stay] },
      { at: instants.call, is: last[stay] },
    ];
    const from = peeksFrom[stay] as number;
    const to = peeksFrom[stay + 1] as number;
    for (const { at, is } of wanted) {
      const found = peeks.subarray(from, to).find((peek) => at[peek] === is);
      if (found !== undefined) operations.add(found);
    }
  }
  if (openEnded) for (const crashed of crashedRemovals) operations.add(crashed);
  return { operations: [...operations].sort((a, b) => a - b), operation, why };
}

/** The value of a stay, as text. */
export function valueText({ contents }: Spans, stay: number): string {
  return JSON.stringify(contents.object.history.values.get(contents.value[stay] as number));
}

/** `3, 4 and 5`, and `3, 4, 5 and 7 more` where there are many. */
export function listed(texts: readonly string[]): string {
  const most = 4;
  const named = texts.slice(0, texts.length > most + 1 ? most : texts.length);
  const rest = texts.length - named.length;
  const last = rest > 0 ? `${rest} more` : (named.pop() ?? "");
  return named.length === 0 ? last : `${named.join(", ")} and ${last}`;
}
