import { emptyInstants } from "./empty-instants.ts";
import type { Spans } from "./spans.ts";
import { Uncovered } from "./uncovered.ts";

/** Within an instant: what leaves or stays, then what comes and goes at once and answers of emptiness, then what enters. */
const Phase = { leaving: 0, passing: 1, entering: 2 } as const;

/**
 * An order in which each value is inside for as short as it can: no longer than it certainly is, and where values must not
 * be inside over what comes out, from and to the nearest instants that those before it in `stays` do not cover, as in the
 * proof of {@link priorityQueue}.
 *
 * `stays`: all of them, for a priority queue the largest values first. The history must have an order. Cost: O(n log n).
 */
export function shortestStays(
  spans: Spans,
  stays: Int32Array,
  concerned: "with those before" | "with nobody",
): Int32Array {
  const { contents, count, first, last, removal } = spans;
  const { addition, peeks, peeksFrom, instants } = contents;
  const n = contents.object.rows.length;
  const instant = new Int32Array(n).fill(-1);
  const phase = new Uint8Array(n);
  /** Within a phase: those that leave from the largest down, those that enter from the smallest up. */
  const rank = new Int32Array(n);
  /** Addition, peeks, removal. */
  const part = new Uint8Array(n);
  const ahead = new Uncovered(count);
  const behind = new Uncovered(count);
  const lastUncovered = (from: number) => count - 1 - behind.from(count - 1 - from);
  const put = (operation: number, at: number, inPhase: number, inRank: number, inPart: number) => {
    instant[operation] = at;
    phase[operation] = inPhase;
    rank[operation] = inRank;
    part[operation] = inPart;
  };
  for (const [place, stay] of stays.entries()) {
    const leaves = ahead.from(last[stay] as number);
    let enters = Math.min(leaves, instants.ret[addition[stay] as number] as number);
    const [from, to] = [peeksFrom[stay] as number, peeksFrom[stay + 1] as number];
    const seenAt = (peek: number) => {
      const ret = instants.ret[peek] as number;
      return leaves <= ret ? leaves : lastUncovered(ret);
    };
    for (let at = from; at < to; at++) enters = Math.min(enters, seenAt(peeks[at] as number));
    const see = (operation: number, at: number, inPart: number) => {
      if (enters === leaves) put(operation, at, Phase.passing, place, inPart);
      else if (at === enters) put(operation, at, Phase.entering, -place, inPart);
      else put(operation, at, Phase.leaving, place, inPart);
    };
    see(addition[stay] as number, enters, 0);
    for (let at = from; at < to; at++) see(peeks[at] as number, seenAt(peeks[at] as number), 1);
    if (removal[stay] !== -1) see(removal[stay] as number, leaves, 2);
    if (concerned === "with nobody") continue;
    const [start, end] = [(first[stay] as number) + 1, (last[stay] as number) - 1];
    ahead.cover(start, end);
    behind.cover(count - 1 - end, count - 1 - start);
  }
  const empties = emptyInstants(spans);
  for (const [at, operation] of empties.operations.entries()) {
    put(operation, empties.instants[at] as number, Phase.passing, -1, 0);
  }
  const by = (column: Int32Array | Uint8Array, a: number, b: number) =>
    (column[a] as number) - (column[b] as number);
  return Int32Array.from(instant.keys())
    .filter((operation) => instant[operation] !== -1)
    .sort((a, b) => by(instant, a, b) || by(phase, a, b) || by(rank, a, b) || by(part, a, b) || a - b);
}
