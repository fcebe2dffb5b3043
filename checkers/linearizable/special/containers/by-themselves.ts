import type { Contradiction } from "./contents.ts";
import type { Spans } from "./spans.ts";
import { Uncovered } from "./uncovered.ts";
import { listed, valueText, witness } from "./witness.ts";

/**
 * What is wrong whatever the container does with several values: a value that was seen before it was added, or after it
 * was removed; an answer of emptiness at no instant of which every value may have been outside.
 *
 * Cost: O(n α(n)).
 */
export function contradictionByItself(spans: Spans): Contradiction | undefined {
  const { contents, size, count, call, first, last, ret, seen } = spans;
  const { instants, words } = contents;
  const uncovered = new Uncovered(count);
  for (let stay = 0; stay < size; stay++) {
    if ((seen[stay] as number) < (call[stay] as number)) {
      const early = operationOf(spans, stay, (operation) => instants.ret[operation] === seen[stay]);
      const why = `but ${valueText(spans, stay)} was ${words.added} only later`;
      return { operations: both(early, contents.addition[stay] as number), operation: early, why };
    }
    if ((ret[stay] as number) < (last[stay] as number)) {
      const late = operationOf(spans, stay, (operation) => instants.call[operation] === last[stay]);
      const why = `but ${valueText(spans, stay)} had been ${words.removed} before`;
      return witness(spans, [stay], late, why);
    }
    uncovered.cover((first[stay] as number) + 1, (last[stay] as number) - 1);
  }
  for (const empty of contents.empties) {
    const from = instants.call[empty] as number;
    const to = instants.ret[empty] as number;
    if (uncovered.from(from) <= to) continue;
    const stays = covering(spans, from, to);
    const texts = stays.map((stay) => valueText(spans, stay));
    const why =
      stays.length === 1
        ? `but ${texts[0]} was certainly there all the time`
        : `but at every time in between one of ${listed(texts)} was certainly there`;
    return witness(spans, stays, empty, why);
  }
  return undefined;
}

/** The operation that saw the value and that `is` true of. */
function operationOf(spans: Spans, stay: number, is: (operation: number) => boolean): number {
  const { removal, peeks, peeksFrom } = spans.contents;
  const seeing = [...peeks.subarray(peeksFrom[stay], peeksFrom[stay + 1]), removal[stay] as number];
  return seeing.find((operation) => operation !== -1 && is(operation)) as number;
}

function both(a: number, b: number): number[] {
  return a < b ? [a, b] : [b, a];
}

/**
 * Few stays that cover all instants `from` … `to` with the times when they are certainly inside: always the one that
 * reaches furthest. Only those that `counts`. There must be some.
 * Cost: O(n) for each that is chosen.
 */
export function covering(
  { size, first, last }: Spans,
  from: number,
  to: number,
  counts: (stay: number) => boolean = () => true,
): number[] {
  const chosen: number[] = [];
  for (let at = from; at <= to; ) {
    let best = -1;
    for (let stay = 0; stay < size; stay++) {
      if ((first[stay] as number) >= at || !counts(stay)) continue;
      if (best === -1 || (last[stay] as number) > (last[best] as number)) best = stay;
    }
    chosen.push(best);
    at = last[best] as number;
  }
  return chosen;
}
