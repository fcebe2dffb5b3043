import type { StackSpans } from "./decompose-stack.ts";

/** Some stays alone, their instants renumbered without gaps: what matters is which come before which. */
export function restrictStack(stack: StackSpans, stays: readonly number[]): StackSpans {
  const { count, peeksFrom } = stack;
  const peeks = stays.flatMap((stay) => {
    const from = peeksFrom[stay] as number;
    return Array.from({ length: (peeksFrom[stay + 1] as number) - from }, (_, index) => from + index);
  });
  const { call, first, last, ret, peekCall, peekRet } = stack;
  const used = new Set<number>();
  for (const column of [call, first, last, ret]) for (const stay of stays) used.add(column[stay] as number);
  for (const column of [peekCall, peekRet]) for (const peek of peeks) used.add(column[peek] as number);
  const instants = Int32Array.from(used)
    .filter((instant) => instant < count)
    .sort();
  const numbers = new Map(Array.from(instants, (instant, number) => [instant, number]));
  const pick = (column: Int32Array, places: readonly number[]) =>
    Int32Array.from(places, (place) => numbers.get(column[place] as number) ?? instants.length);
  const from = new Int32Array(stays.length + 1);
  for (const [at, stay] of stays.entries()) {
    from[at + 1] = (from[at] as number) + (peeksFrom[stay + 1] as number) - (peeksFrom[stay] as number);
  }
  return {
    size: stays.length,
    count: instants.length,
    call: pick(call, stays),
    first: pick(first, stays),
    last: pick(last, stays),
    ret: pick(ret, stays),
    peeksFrom: from,
    peekCall: pick(peekCall, peeks),
    peekRet: pick(peekRet, peeks),
  };
}
