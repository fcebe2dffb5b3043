import type { ElementOperations } from "./element-operations.ts";
import type { Way } from "./follow-element.ts";

/**
 * An order of the operations on one element, given how it came and went: what changed nothing goes to the first time
 * at or after its invocation at which the element was as it was seen, or set. Cost: O(n log n).
 */
export function elementOrder(
  operations: ElementOperations,
  { changes, instants: changedAt }: Way,
): Int32Array {
  const { instants, present } = operations;
  const { call, ret, count } = instants;
  const changed = new Set(changes);
  /** By the number of changes before: what changes nothing there, and when. */
  const between: { operation: number; at: number }[][] = Array.from({ length: changes.length + 1 }, () => []);
  for (let operation = 0; operation < call.length; operation++) {
    if (changed.has(operation) || ret[operation] === count) continue;
    // The first stretch that has not ended before the operation began.
    let stretch = firstAtLeast(changedAt, call[operation] as number);
    if (stateIn(stretch) !== present[operation]) stretch++;
    const from = stretch === 0 ? 0 : (changedAt[stretch - 1] as number);
    between[stretch]?.push({ operation, at: Math.max(from, call[operation] as number) });
  }
  const order: number[] = [];
  for (const [stretch, observers] of between.entries()) {
    for (const { operation } of observers.sort((a, b) => a.at - b.at)) order.push(operation);
    if (stretch < changes.length) order.push(changes[stretch] as number);
  }
  return Int32Array.from(order);
}

/** The element is out at first, and every change turns it round. */
function stateIn(stretch: number): number {
  return stretch & 1;
}

/** The first place of a number of at least `least`; the length where there is none. */
function firstAtLeast(ascending: readonly number[], least: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
