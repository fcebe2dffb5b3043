import { Kind, NEVER, NONE, type RegisterOperations, sortedBy } from "./register-operations.ts";

/**
 * Puts the refused compare-and-set into an order of everything else, each at the first moment within its time at which
 * the register does not hold the value that it compared with. Undefined where one finds no such moment; another order
 * might have one.
 *
 * `order` begins with the initial value. Cost: O(n log n).
 */
export function placeRefusals(operations: RegisterOperations, order: Int32Array): Int32Array | undefined {
  const { size, kind, observed, call, ret } = operations;
  const length = order.length;
  const { held, change } = valuesHeld(operations, order);
  /** For each operation how many of the order come before what may only come after it. */
  const after = new Int32Array(size + 1).fill(NONE);
  for (const [at, i] of order.entries()) after[i] = at + 1;
  const latest = latestPlaces(operations, after, length);

  const inReturnOrder = sortedBy(
    new Int32Array(size + 1).map((_, i) => i),
    ret,
  );
  let earliest = 0;
  let ended = 0;
  const placed: number[] = [];
  for (let i = 0; i < size; i++) {
    for (; (ret[inReturnOrder[ended] as number] as number) < (call[i] as number); ended++) {
      earliest = Math.max(earliest, after[inReturnOrder[ended] as number] as number);
    }
    if (kind[i] !== Kind.refusal) continue;
    const place = held[earliest] === observed[i] ? (change[earliest] as number) : earliest;
    if (place > latest(ret[i] as number)) return undefined;
    // What begins when it has ended comes after it, other refusals too.
    after[i] = place;
    placed.push(i);
  }
  return merge(order, placed, after);
}

/** The value held after so many operations of the order, and after how many more or less it is another one. */
function valuesHeld({ written }: RegisterOperations, order: Int32Array) {
  const length = order.length;
  const held = new Int32Array(length + 1).fill(NONE);
  for (const [at, i] of order.entries()) {
    held[at + 1] = (written[i] === NONE ? held[at] : written[i]) as number;
  }
  const change = new Int32Array(length + 1).fill(NEVER);
  for (let at = length - 1; at >= 0; at--) {
    change[at] = held[at + 1] === held[at] ? (change[at + 1] as number) : at + 1;
  }
  return { held, change };
}

/** For an event: how many operations of the order may come before what completes then. */
function latestPlaces({ size, call }: RegisterOperations, after: Int32Array, length: number) {
  const fromHere = new Int32Array(size + 1).fill(length);
  for (let i = size - 1; i >= 0; i--) {
    const place = after[i] === NONE ? length : (after[i] as number) - 1;
    fromHere[i] = Math.min(fromHere[i + 1] as number, place);
  }
  return (event: number) => {
    let low = 0;
    let high = size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((call[middle] as number) < event) low = middle + 1;
      else high = middle;
    }
    return fromHere[low] as number;
  };
}

/** `placed` in order of invocation; each goes after as many operations of `order` as `after` says. */
function merge(order: Int32Array, placed: readonly number[], after: Int32Array): Int32Array {
  const merged = new Int32Array(order.length + placed.length);
  const sorted = sortedBy(Int32Array.from(placed), after);
  let at = 0;
  let next = 0;
  for (let before = 0; before <= order.length; before++) {
    for (; next < sorted.length && after[sorted[next] as number] === before; next++) {
      merged[at++] = sorted[next] as number;
    }
    if (before < order.length) merged[at++] = order[before] as number;
  }
  return merged;
}
