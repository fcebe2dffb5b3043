import { emptyInstants } from "./empty-instants.ts";
import { Marks } from "./marks.ts";
import type { Spans } from "./spans.ts";

/** Where the operations of the stays take effect, by the stay or by the peek. */
export interface Places {
  /** Stays, those that lie beneath others first. */
  readonly taken: Int32Array;
  readonly addedAt: Int32Array;
  readonly removedAt: Int32Array;
  readonly peekedAt: Int32Array;
}

/**
 * An order in which each stay lies in one gap between the operations of those before it.
 *
 * Every operation of an earlier stay, and every answer of emptiness, takes effect at an instant t and parts the later
 * stays: those with first < t come before it as a whole, the others behind it. So a stay goes in one piece behind the
 * last operation at an instant of at most its `first`, and what would lie outside of the gap is pulled to its edge.
 *
 * Cost: O(n log n).
 */
export function nestedOrder(spans: Spans, { taken, addedAt, removedAt, peekedAt }: Places): Int32Array {
  const { contents, count, first, removal } = spans;
  const { addition, peeks, peeksFrom } = contents;
  const n = contents.object.rows.length;
  /** A list of operations; n stands before the first and behind the last. */
  const next = new Int32Array(n + 1).fill(n);
  const instantOf = new Int32Array(n + 1).fill(count + 1);
  /** The last operation in the list at each instant. */
  const lastAt = new Int32Array(count + 1);
  const taking = new Marks(count + 1);
  let end = n;
  const insert = (operation: number, instant: number) => {
    next[operation] = next[end] as number;
    next[end] = operation;
    instantOf[operation] = instant;
    end = operation;
    // Whoever is behind keeps the last place at its instant.
    const follower = next[operation] as number;
    if (follower !== n && instantOf[follower] === instant) return;
    lastAt[instant] = operation;
    taking.add(instant);
  };

  const empties = emptyInstants(spans);
  for (const [at, operation] of empties.operations.entries())
    insert(operation, empties.instants[at] as number);
  for (const stay of taken) {
    const gap = taking.lastUpTo(first[stay] as number);
    end = gap === -1 ? n : (lastAt[gap] as number);
    const most = Math.min(count, instantOf[next[end] as number] as number);
    const within = (instant: number) => Math.min(Math.max(instant, gap, 0), most);
    const entered = addedAt[stay] as number;
    const left = Math.max(entered, removedAt[stay] as number);
    const between = Array.from(peeks.subarray(peeksFrom[stay], peeksFrom[stay + 1]), (peek, index) => {
      const at = peekedAt[(peeksFrom[stay] as number) + index] as number;
      return { peek, at: Math.min(Math.max(at, entered), left) };
    }).sort((a, b) => a.at - b.at);
    insert(addition[stay] as number, within(entered));
    for (const { peek, at } of between) insert(peek, within(at));
    if (removal[stay] !== -1) insert(removal[stay] as number, within(left));
  }
  const order: number[] = [];
  for (let operation = next[n] as number; operation !== n; operation = next[operation] as number) {
    order.push(operation);
  }
  return Int32Array.from(order);
}
