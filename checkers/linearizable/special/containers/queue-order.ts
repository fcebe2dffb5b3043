import type { EmptyInstants } from "./empty-instants.ts";
import type { Spans } from "./spans.ts";

/**
 * An order of the operations of a queue that lines its values up as `lineUp` says: everything as early as the line-up
 * lets it, as in the proof of {@link queue}, stretch by stretch between empty instants. `block`: the stretch of each
 * stay. Cost: O(n).
 */
export function queueOrder(
  spans: Spans,
  lineUp: Int32Array,
  block: Int32Array,
  empties: EmptyInstants,
): Int32Array {
  const { contents, removal } = spans;
  const { addition, peeks, peeksFrom, instants } = contents;
  const order: number[] = [];
  let at = 0;
  for (let number = 0; number <= empties.instants.length; number++) {
    const from = at;
    while (at < lineUp.length && block[lineUp[at] as number] === number) at++;
    let added = from;
    let addedAt = number === 0 ? 0 : (empties.instants[number - 1] as number);
    const addUpTo = (instant: number, least: number) => {
      for (; added < at; added++) {
        const operation = addition[lineUp[added] as number] as number;
        const then = Math.max(addedAt, instants.call[operation] as number);
        if (added > least && then > instant) return;
        addedAt = then;
        order.push(operation);
      }
    };
    let seenAt = 0;
    for (let place = from; place < at; place++) {
      const stay = lineUp[place] as number;
      const see = (operation: number) => {
        seenAt = Math.max(seenAt, instants.call[operation] as number);
        addUpTo(seenAt, place);
        seenAt = Math.max(seenAt, addedAt);
        order.push(operation);
      };
      for (let peek = peeksFrom[stay] as number; peek < (peeksFrom[stay + 1] as number); peek++) {
        see(peeks[peek] as number);
      }
      if (removal[stay] !== -1) see(removal[stay] as number);
    }
    addUpTo(Number.POSITIVE_INFINITY, at);
    if (number < empties.operations.length) order.push(empties.operations[number] as number);
  }
  return Int32Array.from(order);
}
