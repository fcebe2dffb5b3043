import type { Generator } from "./generator.ts";

/**
 * One operation of the first, one of the second, and so on in turn: start and stop of a fault. Waits while the one
 * whose turn it is is pending; done when that one is done. Events go to both.
 */
export function flipFlop(turn: Generator, other: Generator): Generator {
  return {
    op(context) {
      const offer = turn.op(context);
      if (typeof offer === "string") return offer;
      return { operation: offer.operation, next: flipFlop(other, offer.next) };
    },
    update(context, event) {
      const nextTurn = turn.update(context, event);
      const nextOther = other.update(context, event);
      return nextTurn === turn && nextOther === other ? this : flipFlop(nextTurn, nextOther);
    },
  };
}
