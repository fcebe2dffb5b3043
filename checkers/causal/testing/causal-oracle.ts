import type { Json } from "../../../harness/history/index.ts";
import {
  choicesOfCrashed,
  isEarlier,
  permutations,
  type SessionOperation,
} from "../../testing/session-operations.ts";

/** Sets of operations, by bits of their places in a list. */
type Operations = number;

export type CausalModel = "causal" | "causal-convergence" | "causal-memory" | "pram";

/**
 * The causal models by their definitions (Bouajjani et al., POPL 2017, table 2): whether for some of the crashed operations and
 * some causal order there are, for each operation, an order of what comes before it that explains what it saw. `orders` gives
 * the causal orders to try. An answer that does not count is not looked at, as if the operation had none.
 *
 * Cost: exponential; for eight operations or so.
 */
export function obeysCausally(
  operations: readonly SessionOperation[],
  model: CausalModel,
  orders: (present: readonly SessionOperation[]) => Iterable<readonly Operations[]> = leastOrder,
): boolean {
  for (const present of choicesOfCrashed(operations)) {
    if (model === "pram") {
      if (isPram(present)) return true;
      continue;
    }
    for (const pasts of orders(present)) {
      if (explains(present, pasts, model)) return true;
    }
  }
  return false;
}

/**
 * The least causal order alone, session order and reads-from, closed; none where that has a cycle, or a value has no writer.
 * With values that are written once nothing is gained by a larger one (lemma 2 of the paper).
 */
export function* leastOrder(present: readonly SessionOperation[]): Generator<readonly Operations[]> {
  const pasts = present.map((operation) => {
    const { read, key } = operation;
    const writer = present.findIndex(
      (other) => other.key === key && other.write !== undefined && other.write.value === read?.value,
    );
    const own = setOf(present, (other) => isEarlier(other, operation));
    return read === undefined || read.value === null ? own : writer === -1 ? -1 : own | (1 << writer);
  });
  if (pasts.includes(-1)) return;
  for (let changed = true; changed; ) {
    changed = false;
    for (const [at, past] of pasts.entries()) {
      const closed = pasts.reduce((all, other, each) => (past & (1 << each) ? all | other : all), past);
      changed ||= closed !== past;
      pasts[at] = closed;
    }
  }
  if (!pasts.some((past, at) => past & (1 << at))) yield pasts;
}

/** Every strict partial order that extends session order, some of them several times. */
export function* allOrders(present: readonly SessionOperation[]): Generator<readonly Operations[]> {
  const own = present.map((operation) => setOf(present, (other) => isEarlier(other, operation)));
  for (const sequence of permutations([...present.keys()])) {
    const places = sequence.map((_, place) => sequence.indexOf(place));
    const isLinear = own.every((past, at) =>
      places.every((place, other) => !(past & (1 << other)) || place < (places[at] as number)),
    );
    if (isLinear) yield* withPasts(sequence, own, []);
  }
}

function* withPasts(
  sequence: readonly number[],
  own: readonly Operations[],
  pasts: readonly Operations[],
  at = 0,
): Generator<readonly Operations[]> {
  const operation = sequence[at];
  if (operation === undefined) {
    yield pasts;
    return;
  }
  const before = sequence.slice(0, at);
  for (let chosen = 0; chosen < 1 << before.length; chosen++) {
    const past = before.reduce((set, other, bit) => (chosen & (1 << bit) ? set | (1 << other) : set), 0);
    if ((own[operation] as Operations) & ~past) continue;
    if (before.some((other) => past & (1 << other) && (pasts[other] as Operations) & ~past)) continue;
    const next = [...pasts];
    next[operation] = past;
    yield* withPasts(sequence, own, next, at + 1);
  }
}

function explains(
  present: readonly SessionOperation[],
  pasts: readonly Operations[],
  model: Exclude<CausalModel, "pram">,
): boolean {
  const itself = (operation: SessionOperation) => (other: SessionOperation) => other === operation;
  const own = (operation: SessionOperation) => (other: SessionOperation) =>
    other === operation || isEarlier(other, operation);
  if (model !== "causal-convergence") {
    const counts = model === "causal" ? itself : own;
    return present.every((operation, at) =>
      hasOrder(present, (pasts[at] as Operations) | (1 << at), pasts, counts(operation)),
    );
  }
  const whole = (1 << present.length) - 1;
  const arbitrate = (order: readonly number[], placed: Operations): boolean => {
    if (placed === whole) {
      return present.every((operation, at) => {
        const seen = order.filter((other) => other === at || (pasts[at] as Operations) & (1 << other));
        return isLegal(
          seen.map((other) => present[other] as SessionOperation),
          itself(operation),
        );
      });
    }
    return present.some((_, at) => {
      if (placed & (1 << at) || (pasts[at] as Operations) & ~placed) return false;
      return arbitrate([...order, at], placed | (1 << at));
    });
  };
  return arbitrate([], 0);
}

/** For each operation, an order of all writes and what its session did up to it. */
function isPram(present: readonly SessionOperation[]): boolean {
  const pasts = present.map((operation) => setOf(present, (other) => isEarlier(other, operation)));
  return present.every((operation) => {
    const own = (other: SessionOperation) => other === operation || isEarlier(other, operation);
    const seen = setOf(present, (other) => own(other) || other.write !== undefined);
    return hasOrder(present, seen, pasts, own);
  });
}

/** Whether some of the operations have an order that extends the given one and is legal. */
function hasOrder(
  present: readonly SessionOperation[],
  some: Operations,
  pasts: readonly Operations[],
  counts: (operation: SessionOperation) => boolean,
): boolean {
  const place = (placed: Operations, order: readonly SessionOperation[]): boolean => {
    if (placed === some) return true;
    return present.some((operation, at) => {
      if (!(some & (1 << at)) || placed & (1 << at)) return false;
      if ((pasts[at] as Operations) & some & ~placed) return false;
      const next = [...order, operation];
      return isLegal(next, counts) && place(placed | (1 << at), next);
    });
  };
  return place(0, []);
}

/** Whether every answer that counts is that of registers that are written in this order. */
function isLegal(
  order: readonly SessionOperation[],
  counts: (operation: SessionOperation) => boolean,
): boolean {
  const held = new Map<string, Json>();
  return order.every((operation) => {
    const { key, read, write } = operation;
    if (read !== undefined && counts(operation) && (held.get(key) ?? null) !== read.value) return false;
    if (write !== undefined) held.set(key, write.value);
    return true;
  });
}

function setOf(
  present: readonly SessionOperation[],
  isIn: (operation: SessionOperation) => boolean,
): Operations {
  return present.reduce((set, operation, at) => (isIn(operation) ? set | (1 << at) : set), 0);
}
